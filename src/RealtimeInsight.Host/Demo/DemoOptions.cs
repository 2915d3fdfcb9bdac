using RealtimeInsight.Domain.Customers;

namespace RealtimeInsight.Host.Demo;

/// <summary>The simulated shop that shows the host at work; configuration section <c>Demo</c>.</summary>
public sealed class DemoOptions
{
    /// <summary>Customers alive in the shop at one time, 1 to 100,000. The default is 1,500.</summary>
    public int Customers { get; set; } = 1_500;

    /// <summary>Simulated seconds in one second, 1 to 10,000. The default is 60: a day of the shop takes 24 minutes.</summary>
    public double TimeCompression { get; set; } = 60;

    /// <summary>Simulated days over which the first customers arrive, 0 to 365. The default is 0.1.</summary>
    public double ArrivalDays { get; set; } = 0.1;

    /// <summary>Multiplies how often customers come, 0.01 to 100. The default is 3.</summary>
    public double Intensity { get; set; } = 3;

    /// <summary>Inactivity that ends a session in the demo. The default is 45 s.</summary>
    public TimeSpan SessionGap { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Inactivity after which a cart is at risk in the demo. The default is 15 s.</summary>
    public TimeSpan CartAtRiskAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Inactivity after which a cart is abandoned in the demo. The default is 40 s.</summary>
    public TimeSpan CartAbandonedAfter { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>Time between two status lines on the console, 1 s to 1 h. The default is 5 s.</summary>
    public TimeSpan StatusInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Live lines of one kind printed between two status lines, 0 to 1,000. The default is 1.</summary>
    public int LinesPerKind { get; set; } = 1;

    /// <summary>The same options with the demo's short spans.</summary>
    public CustomerOptions Shorten(CustomerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.SessionGap = SessionGap;
        options.CartAtRiskAfter = CartAtRiskAfter;
        options.CartAbandonedAfter = CartAbandonedAfter;
        return options;
    }

    /// <summary>What is wrong with the values; empty when all are in range.</summary>
    public static IReadOnlyList<string> Validate(DemoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        Rules.Range(problems, "Demo:Customers", options.Customers, 1, 100_000);
        Rules.Range(problems, "Demo:TimeCompression", options.TimeCompression, 1, 10_000);
        Rules.Range(problems, "Demo:ArrivalDays", options.ArrivalDays, 0, 365);
        Rules.Range(problems, "Demo:Intensity", options.Intensity, 0.01, 100);
        Rules.Range(problems, "Demo:StatusInterval", options.StatusInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Rules.Range(problems, "Demo:LinesPerKind", options.LinesPerKind, 0, 1_000);
        return problems;
    }
}
