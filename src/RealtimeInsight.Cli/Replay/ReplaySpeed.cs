using System.Globalization;

namespace RealtimeInsight.Cli.Replay;

/// <summary>How fast event time passes: as fast as the engine takes it, or a factor of real time.</summary>
/// <param name="Factor">Event seconds for each real second; null for no pacing.</param>
public readonly record struct ReplaySpeed(double? Factor)
{
    public const double FactorMax = 1_000_000;

    public static readonly ReplaySpeed Max = new(null);
    public static readonly ReplaySpeed Realtime = new(1);

    /// <summary>Reads <c>max</c>, <c>realtime</c>, or a factor such as <c>60x</c> or <c>0.5x</c>.</summary>
    /// <exception cref="CliException">It is none of them.</exception>
    public static ReplaySpeed Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Equals("max", StringComparison.OrdinalIgnoreCase)) return Max;
        if (text.Equals("realtime", StringComparison.OrdinalIgnoreCase)) return Realtime;
        if (text.EndsWith('x')
            && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var factor)
            && factor is > 0 and <= FactorMax)
        {
            return new ReplaySpeed(factor);
        }

        throw CliException.Usage($"--speed {text}: use max, realtime, or a factor such as 60x, above 0 and at most {FactorMax:F0}x");
    }

    /// <summary>Real time that <paramref name="eventTime"/> takes; zero without pacing.</summary>
    public TimeSpan RealTimeOf(TimeSpan eventTime) => Factor is { } factor ? eventTime / factor : TimeSpan.Zero;
}
