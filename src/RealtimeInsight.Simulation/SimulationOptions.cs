using RealtimeInsight.Simulation.Plan;

namespace RealtimeInsight.Simulation;

/// <summary>One simulation. The same options give the same run, step by step.</summary>
public sealed record SimulationOptions
{
    public const int MinutesMax = 1440;
    public const int CustomersMax = 500;

    public required long Seed { get; init; }

    /// <summary>Virtual minutes of load under faults; healing and convergence come after them. 1 to 1,440.</summary>
    public int Minutes { get; init; } = 60;

    /// <summary>Numbers of the customers that take part; null for all that the seed draws.</summary>
    public IReadOnlyList<int>? Customers { get; init; }

    public FaultKinds Faults { get; init; } = FaultKinds.All;

    /// <summary>Names of the events that are sent; null for all that the seed draws.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>
    /// All violations of the bounds, and all names that the seed does not draw; empty when valid. Each begins with the option's name in
    /// small letters.
    /// </summary>
    public static IReadOnlyList<string> Validate(SimulationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        if (options.Minutes is < 1 or > MinutesMax) problems.Add($"minutes is {options.Minutes}, 1 to {MinutesMax} is allowed");
        if ((options.Faults & ~FaultKinds.All) != 0) problems.Add($"faults is {options.Faults}, which is not a set of known kinds");
        foreach (var customer in options.Customers ?? [])
        {
            if (customer is < 0 or >= CustomersMax) problems.Add($"customers has {customer}, 0 to {CustomersMax - 1} are allowed");
        }

        return problems.Count > 0 ? problems : NamesNotDrawn.Find(options);
    }
}
