using System.Text.Json.Nodes;

namespace RealtimeInsight.Cli.Bench;

/// <summary>Counts of latenesses in steps of a tenth of a millisecond up to a second, and of a millisecond up to a minute.</summary>
internal sealed class LatenessHistogram
{
    private const int FineSteps = 10_000;
    private const int Steps = FineSteps + 59_000;
    private readonly long[] _counts = new long[Steps];

    public long Count { get; private set; }

    public void Add(double milliseconds)
    {
        var step = milliseconds < 1000 ? (int)(Math.Max(0, milliseconds) * 10) : FineSteps + (int)(milliseconds - 1000);
        _counts[Math.Min(step, Steps - 1)]++;
        Count++;
    }

    public void Add(LatenessHistogram other)
    {
        for (var i = 0; i < Steps; i++) _counts[i] += other._counts[i];
        Count += other.Count;
    }

    /// <summary>The upper end of the step that this share of all is in or below.</summary>
    public double Percentile(double share)
    {
        var left = (long)Math.Ceiling(Count * share);
        for (var i = 0; i < Steps; i++)
        {
            left -= _counts[i];
            if (left <= 0) return i < FineSteps ? (i + 1) / 10d : 1000d + (i - FineSteps + 1);
        }

        return double.NaN;
    }

    /// <summary>Pairs of a step and its count.</summary>
    public JsonArray ToJson()
    {
        var pairs = new JsonArray();
        for (var i = 0; i < Steps; i++)
        {
            if (_counts[i] == 0) continue;
            pairs.Add(i);
            pairs.Add(_counts[i]);
        }

        return pairs;
    }

    public static LatenessHistogram FromJson(JsonArray pairs)
    {
        var histogram = new LatenessHistogram();
        for (var i = 0; i < pairs.Count; i += 2)
        {
            histogram._counts[pairs[i]!.GetValue<int>()] = pairs[i + 1]!.GetValue<long>();
            histogram.Count += pairs[i + 1]!.GetValue<long>();
        }

        return histogram;
    }
}
