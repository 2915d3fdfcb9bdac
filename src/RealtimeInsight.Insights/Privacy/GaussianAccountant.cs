namespace RealtimeInsight.Insights.Privacy;

/// <summary>
/// Privacy loss of a Gaussian mechanism that is used round after round on a random sample of the participants, by Rényi differential
/// privacy. Neighbouring inputs differ in one participant that is there or not.
/// <para>
/// Rényi divergence of the Poisson-subsampled Gaussian at whole orders: Mironov, Talwar, Zhang, "Rényi Differential Privacy of the
/// Sampled Gaussian Mechanism" (2019), section 3.3. Rounds add up. Conversion to (epsilon, delta): Canonne, Kamath, Steinke, "The Discrete
/// Gaussian for Differential Privacy" (2020), proposition 12. An upper bound: whole orders up to <see cref="OrderMax"/> are tried.
/// </para>
/// </summary>
public static class GaussianAccountant
{
    public const string Method = "RDP of the Poisson-subsampled Gaussian mechanism (Mironov, Talwar, Zhang 2019)";

    /// <summary>The largest order that is tried.</summary>
    public const int OrderMax = 512;

    /// <summary>Rényi divergence of one round at a whole order from 2 on.</summary>
    /// <param name="share">Probability that a participant is in a round, 0 to 1.</param>
    /// <param name="noise">Standard deviation of the noise over the largest norm of one participant's part; above 0.</param>
    public static double Divergence(double share, double noise, int order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(noise);
        if (share == 0) return 0;
        if (share == 1) return order / (2 * noise * noise);

        // log of the sum over k of C(order, k) (1 - share)^(order - k) share^k exp((k^2 - k) / (2 noise^2)), in logarithms throughout.
        var terms = new double[order + 1];
        var choose = 0.0;
        for (var k = 0; k <= order; k++)
        {
            terms[k] = choose + ((order - k) * double.LogP1(-share)) + (k * Math.Log(share)) + (((double)k * k) - k) / (2 * noise * noise);
            choose += Math.Log(order - k) - Math.Log(k + 1);
        }

        var largest = terms.Max();
        return (largest + Math.Log(terms.Sum(term => Math.Exp(term - largest)))) / (order - 1);
    }

    /// <summary>
    /// The least epsilon that is shown for all rounds together at the given delta; positive infinity without noise.
    /// </summary>
    public static double Epsilon(double share, double noise, int rounds, double delta)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(noise);
        ArgumentOutOfRangeException.ThrowIfNegative(rounds);
        if (rounds == 0 || share == 0) return 0;
        return noise == 0
            ? double.PositiveInfinity
            : Enumerable.Range(2, OrderMax - 1).Min(order => Convert(rounds * Divergence(share, noise, order), order, delta));
    }

    /// <summary>Epsilon at a delta of what has the given divergence at one order.</summary>
    public static double Convert(double divergence, int order, double delta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(delta);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(delta, 1);
        return Math.Max(0, divergence + double.LogP1(-1.0 / order) - (Math.Log(delta * order) / (order - 1)));
    }
}
