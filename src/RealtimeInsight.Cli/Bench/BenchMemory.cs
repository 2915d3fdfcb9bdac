namespace RealtimeInsight.Cli.Bench;

/// <summary>Memory of this process.</summary>
internal static class BenchMemory
{
    /// <summary>Managed bytes in use after a full, compacting collection.</summary>
    public static long Live()
    {
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
