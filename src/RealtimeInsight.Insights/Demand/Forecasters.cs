namespace RealtimeInsight.Insights.Demand;

/// <summary>Level forecasts: one number for every week to come. Pure functions of the past, the oldest week first.</summary>
public static class Forecasters
{
    private const double Smoothing = 0.2;

    /// <summary>The methods that are combined, by name.</summary>
    public static IReadOnlyList<(string Name, Func<double[], double> Forecast)> All { get; } =
    [
        ("naive", past => past[^1]),
        ("moving_average_4", past => MovingAverage(past, 4)),
        ("moving_average_8", past => MovingAverage(past, 8)),
        ("median_8", past => Median(past, 8)),
        ("moving_average_26", past => MovingAverage(past, 26)),
        ("exponential_smoothing", past => ExponentialSmoothing(past, Smoothing)),
        ("croston", past => Croston(past, Smoothing)),
        ("croston_sba", past => CrostonSba(past, Smoothing)),
        ("tsb", past => Tsb(past, Smoothing, Smoothing)),
    ];

    public static double MovingAverage(double[] past, int weeks)
    {
        ArgumentNullException.ThrowIfNull(past);
        return past.AsSpan(Math.Max(0, past.Length - weeks)).ToArray().Average();
    }

    public static double Median(double[] past, int weeks)
    {
        ArgumentNullException.ThrowIfNull(past);
        var sorted = past.AsSpan(Math.Max(0, past.Length - weeks)).ToArray().Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Level that moves by <paramref name="alpha"/> of each error, from the first value on.</summary>
    public static double ExponentialSmoothing(double[] past, double alpha)
    {
        ArgumentNullException.ThrowIfNull(past);
        var level = past[0];
        foreach (var value in past.AsSpan(1)) level += alpha * (value - level);
        return level;
    }

    /// <summary>Croston (1972): smoothed size of a demand over the smoothed weeks between demands.</summary>
    public static double Croston(double[] past, double alpha)
    {
        ArgumentNullException.ThrowIfNull(past);
        var (size, interval, since) = (0.0, 0.0, 1);
        foreach (var value in past)
        {
            if (value <= 0)
            {
                since++;
                continue;
            }

            (size, interval) = interval == 0 ? (value, since) : (size + (alpha * (value - size)), interval + (alpha * (since - interval)));
            since = 1;
        }

        return interval == 0 ? 0 : size / interval;
    }

    /// <summary>Croston without its upward bias (Syntetos and Boylan 2005).</summary>
    public static double CrostonSba(double[] past, double alpha) => (1 - (alpha / 2)) * Croston(past, alpha);

    /// <summary>Teunter, Syntetos and Babai (2011): the probability of demand fades in weeks without any.</summary>
    public static double Tsb(double[] past, double alpha, double beta)
    {
        ArgumentNullException.ThrowIfNull(past);
        var (size, probability, isStarted) = (0.0, 0.0, false);
        foreach (var value in past)
        {
            if (value <= 0)
            {
                probability -= beta * probability;
                continue;
            }

            (size, probability) = isStarted ? (size + (alpha * (value - size)), probability + (beta * (1 - probability))) : (value, 0.5);
            isStarted = true;
        }

        return size * probability;
    }
}
