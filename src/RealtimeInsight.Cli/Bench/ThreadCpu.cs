using System.Globalization;

namespace RealtimeInsight.Cli.Bench;

/// <summary>Processor time of the calling thread, where the system tells.</summary>
internal static class ThreadCpu
{
    private const string Info = "/proc/thread-self/schedstat";

    /// <summary>NaN where the system does not tell.</summary>
    public static double Microseconds()
    {
        if (!File.Exists(Info)) return double.NaN;
        return double.Parse(File.ReadAllText(Info).Split(' ')[0], CultureInfo.InvariantCulture) / 1000;
    }
}
