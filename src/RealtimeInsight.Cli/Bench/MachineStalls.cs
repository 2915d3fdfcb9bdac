namespace RealtimeInsight.Cli.Bench;

/// <summary>
/// What the machine takes from a program that could run: threads, one a processor, do nothing but look at the clock, and find it further on
/// than they left it. Other machines on the same host do that, and no program on this one can help it; tails of latencies have it in.
/// </summary>
internal static class MachineStalls
{
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_shortest = TimeSpan.FromMicroseconds(100);

    /// <summary>A second; nothing else may be under way in it.</summary>
    public static void ReportTo(BenchReport report, TimeProvider time)
    {
        var seen = new (TimeSpan Sum, TimeSpan Longest)[Environment.ProcessorCount];
        var threads = seen.Select((_, i) => new Thread(() => seen[i] = Look(time))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        report.Add(
            "stalled_percent", seen.Average(static processor => processor.Sum / s_length) * 100,
            "of the processors, taken from threads that only looked at the clock, before and after");
        report.Add("stalled_max_ms", seen.Max(static processor => processor.Longest).TotalMilliseconds, "the longest of these stalls");
    }

    private static (TimeSpan Sum, TimeSpan Longest) Look(TimeProvider time)
    {
        var (sum, longest) = (TimeSpan.Zero, TimeSpan.Zero);
        var started = time.GetTimestamp();
        var last = started;
        while (time.GetElapsedTime(started, last) < s_length)
        {
            var now = time.GetTimestamp();
            var gap = time.GetElapsedTime(last, now);
            last = now;
            if (gap < s_shortest) continue;
            sum += gap;
            if (gap > longest) longest = gap;
        }

        return (sum, longest);
    }
}
