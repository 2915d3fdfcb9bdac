namespace RealtimeInsight.Domain.Learning;

/// <summary>What is believed of a rate after successes and failures, from Beta(1, 1) on.</summary>
/// <param name="Alpha">1 and the successes; at least 1.</param>
/// <param name="Beta">1 and the failures; at least 1.</param>
public readonly record struct BetaPosterior(double Alpha, double Beta)
{
    public static BetaPosterior Unknown => new(1, 1);

    public double Mean => Alpha / (Alpha + Beta);

    /// <summary>Standard deviation.</summary>
    public double Deviation => Math.Sqrt(Alpha * Beta / (Alpha + Beta + 1)) / (Alpha + Beta);
}
