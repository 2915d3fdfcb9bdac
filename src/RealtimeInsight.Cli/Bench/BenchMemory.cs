namespace RealtimeInsight.Cli.Bench;

/// <summary>Memory of this process.</summary>
internal static class BenchMemory
{
    /// <summary>
    /// Before a measured run: what was made for it is old then, as is the rest, so that collections during the run do not go through it
    /// again. Two, since each makes what is there older by one generation.
    /// </summary>
    public static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    /// <summary>Managed bytes in use after a full, compacting collection.</summary>
    public static long Live()
    {
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
