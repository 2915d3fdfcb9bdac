using System.Globalization;

namespace RealtimeInsight.Cli.Bench;

/// <summary>What a scenario gets: its options' values, where figures and progress go, the clock.</summary>
internal sealed class BenchContext(
    IReadOnlyDictionary<string, double> values, BenchReport report, TimeProvider time, Action<string> progress)
{
    public BenchReport Report { get; } = report;

    public TimeProvider Time { get; } = time;

    /// <summary>Measured runs; for scenarios that have the option.</summary>
    public int Runs => Whole(CommonOption.RunsName);

    /// <summary>Length of a measured run; for scenarios that have the option.</summary>
    public TimeSpan RunLength => TimeSpan.FromSeconds(Number(CommonOption.SecondsName));

    public double Number(string option) => values[option];

    public int Whole(string option) => (int)values[option];

    public bool IsSet(string option) => values[option] != 0;

    /// <summary>One line for the person who waits.</summary>
    public void Progress(string line) => progress(line);

    /// <summary>A run begins; the one before the first is the warm-up.</summary>
    public void RunBegins(int run) => progress(run == 0 ? "warm-up" : $"run {run} of {Runs}");

    /// <summary>The same scenario context with some values replaced; for scenarios that run others.</summary>
    public BenchContext With(BenchReport into, params (string Option, double Value)[] replaced)
    {
        var copy = new Dictionary<string, double>(values, StringComparer.Ordinal);
        foreach (var (option, value) in replaced) copy[option] = value;
        return new BenchContext(copy, into, Time, progress);
    }

    /// <summary>A count or a rate as a person reads it: 1.2 M, 340 k.</summary>
    public static string Short(double value) => Math.Abs(value) switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.00} G"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.00} M"),
        >= 1e4 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0} k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}"),
    };
}
