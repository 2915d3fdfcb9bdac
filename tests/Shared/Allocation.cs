namespace RealtimeInsight.Tests;

/// <summary>What code allocates in its steady state.</summary>
internal static class Allocation
{
    private const int Rounds = 5;

    /// <summary>
    /// Bytes that the calling thread allocates on the managed heap in one call of <paramref name="action"/>: the least of several calls,
    /// since one of them may also pay for what is compiled anew, or for arrays that a shared pool gave up. What every call allocates is in
    /// each of them.
    /// </summary>
    public static long Least(Action action)
    {
        // Once before: the first call compiles and fills what is kept.
        action();
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
