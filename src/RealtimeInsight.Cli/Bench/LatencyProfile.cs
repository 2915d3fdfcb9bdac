namespace RealtimeInsight.Cli.Bench;

/// <summary>Latencies in milliseconds, all of them kept and sorted: no buckets, no estimates.</summary>
internal sealed class LatencyProfile
{
    private readonly double[] _sorted;

    public LatencyProfile(IEnumerable<double> milliseconds)
    {
        _sorted = [.. milliseconds];
        Array.Sort(_sorted);
    }

    public int Count => _sorted.Length;

    /// <summary>The value that a share of all, 0 to 1, does not exceed; NaN of none.</summary>
    public double At(double share) =>
        _sorted.Length == 0 ? double.NaN : _sorted[Math.Clamp((int)Math.Ceiling(share * _sorted.Length) - 1, 0, _sorted.Length - 1)];
}
