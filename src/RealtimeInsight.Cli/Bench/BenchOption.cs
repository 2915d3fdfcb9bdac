namespace RealtimeInsight.Cli.Bench;

/// <summary>A number that a scenario takes from the command line, or a switch.</summary>
/// <param name="Name">Without dashes, e.g. <c>customers</c>.</param>
/// <param name="Default">Its value when it is not given.</param>
/// <param name="Min">Smallest value allowed.</param>
/// <param name="Max">Largest value allowed.</param>
internal sealed record BenchOption(string Name, string Description, double Default, double Min, double Max)
{
    /// <summary>Only whole numbers are allowed.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>Takes no value: 1 when given, else 0.</summary>
    public bool IsSwitch { get; init; }

    public static BenchOption Switch(string name, string description) => new(name, description, 0, 0, 1) { IsSwitch = true };

    /// <exception cref="CliException">Out of bounds.</exception>
    public double Checked(double value)
    {
        if (!(value >= Min && value <= Max)) throw CliException.Usage($"--{Name} {value}: give a number from {Min} to {Max}");
        if (IsWhole && value != Math.Floor(value)) throw CliException.Usage($"--{Name} {value}: give a whole number");
        return value;
    }
}
