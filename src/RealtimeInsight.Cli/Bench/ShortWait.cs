using System.Runtime.InteropServices;

namespace RealtimeInsight.Cli.Bench;

/// <summary>Waits without spinning for spans shorter than the millisecond that is the least of the runtime's own timers.</summary>
internal static class ShortWait
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>
    /// Waits about that long; less when the system interrupts it. Where there is no such wait, a millisecond or until it is cancelled.
    /// </summary>
    public static void For(TimeSpan span, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsLinux())
        {
            var nanoseconds = Math.Max(0, (long)span.TotalNanoseconds);
            var wanted = new TimeSpec
            {
                Seconds = (nint)(nanoseconds / NanosecondsPerSecond), Rest = (nint)(nanoseconds % NanosecondsPerSecond),
            };
            _ = Wait(in wanted, 0);
        }
        else
        {
            _ = cancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(1));
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Wait(in TimeSpec wanted, nint left);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Rest;
    }
}
