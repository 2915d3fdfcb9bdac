using System.Runtime.InteropServices;

namespace RealtimeInsight.Domain.Tests.Kit;

/// <summary>
/// What the kernel counts of the calling thread outside of the kernel, by perf_event_open(2). Many virtual machines and containers have no
/// counters: then there is none to open.
/// </summary>
internal sealed class ThreadCounter : IDisposable
{
    private const uint Hardware = 0;
    private const uint Software = 1;
    private const ulong WithoutKernel = (1 << 5) | (1 << 6);
    private readonly int _file;

    private ThreadCounter(int file) => _file = file;

    /// <summary>Instructions that the thread has run; null where they cannot be counted.</summary>
    public static ThreadCounter? OfInstructions() => Open(Hardware, config: 1);

    /// <summary>Nanoseconds that the thread has run; null where they cannot be counted.</summary>
    public static ThreadCounter? OfTime() => Open(Software, config: 1);

    public long Read() => read(_file, out var count, sizeof(long)) == sizeof(long)
        ? count
        : throw new InvalidOperationException($"the counter cannot be read, error {Marshal.GetLastPInvokeError()}");

    public void Dispose() => _ = close(_file);

    private static ThreadCounter? Open(uint type, ulong config)
    {
        var number = !OperatingSystem.IsLinux() ? -1 : RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 298,
            Architecture.Arm64 => 241,
            _ => -1,
        };
        if (number < 0) return null;
        var attributes = new Attributes { Type = type, Size = (uint)Marshal.SizeOf<Attributes>(), Config = config, Flags = WithoutKernel };
        var file = (int)syscall(number, in attributes, thread: 0, processor: -1, group: -1, flags: 0);
        if (file < 0) return null;

        // Some virtual machines open a counter and never count.
        var counter = new ThreadCounter(file);
        if (counter.Read() > 0 || counter.Read() > 0) return counter;
        counter.Dispose();
        return null;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern long syscall(long number, in Attributes attributes, long thread, long processor, long group, long flags);

    [DllImport("libc", SetLastError = true)]
    private static extern long read(int file, out long count, long length);

    [DllImport("libc")]
    private static extern int close(int file);

    /// <summary>The first version of the kernel's perf_event_attr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Type;
        public uint Size;
        public ulong Config;
        public ulong SamplePeriod;
        public ulong SampleType;
        public ulong ReadFormat;
        public ulong Flags;
        public uint WakeupEvents;
        public uint BreakpointType;
        public ulong Config1;
    }
}
