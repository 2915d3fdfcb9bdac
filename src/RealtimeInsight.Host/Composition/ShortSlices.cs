using System.Globalization;
using System.Runtime.InteropServices;

namespace RealtimeInsight.Host;

/// <summary>
/// Asks the system to take turns between this process's threads in short slices. Where more threads have work than there are processors,
/// one that wakes for a moment (to answer a read, to take a batch in) then need not wait until another's slice of some milliseconds is
/// over. Linux honours it from version 6.12 on; elsewhere nothing changes.
/// </summary>
public static class ShortSlices
{
    /// <summary>The shortest that Linux takes.</summary>
    public const long SliceNanoseconds = 100_000;

    private const string Threads = "/proc/self/task";
    private const uint OrdinaryThreads = 0;

    /// <summary>
    /// Asks for every thread that there is; those that they start inherit it. Returns how many threads the system took it for: 0 where it
    /// knows no such wish. A thread's priority stays what it is.
    /// </summary>
    public static int Ask()
    {
        if (!OperatingSystem.IsLinux() || CallNumbers.OfThisProcessor is not { } call || !Directory.Exists(Threads)) return 0;
        var taken = 0;
        foreach (var path in Directory.EnumerateDirectories(Threads))
        {
            var id = int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture);
            var wish = new Attributes();
            if (!TryRead(call, id, ref wish) || wish.Policy != OrdinaryThreads) continue;
            wish.Runtime = SliceNanoseconds;
            if (Call(call.Write, id, ref wish, 0, 0) == 0 && SliceOf(id) == SliceNanoseconds) taken++;
        }

        return taken;
    }

    /// <summary>Slice of a thread of this process, in nanoseconds; 0 where the system does not tell. Thread 0 is the caller's.</summary>
    internal static long SliceOf(int thread)
    {
        var attributes = new Attributes();
        return CallNumbers.OfThisProcessor is { } call && TryRead(call, thread, ref attributes) ? (long)attributes.Runtime : 0;
    }

    private static bool TryRead(CallNumbers call, int thread, ref Attributes attributes) =>
        Call(call.Read, thread, ref attributes, Marshal.SizeOf<Attributes>(), 0) == 0;

    [DllImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Call(nint number, nint thread, ref Attributes attributes, nint sizeOrFlags, nint flags);

    /// <summary>Numbers of sched_getattr and sched_setattr.</summary>
    private readonly record struct CallNumbers(nint Read, nint Write)
    {
        public static CallNumbers? OfThisProcessor => RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => new CallNumbers(315, 314),
            Architecture.Arm64 => new CallNumbers(275, 274),
            _ => null,
        };
    }

    /// <summary>Linux's sched_attr, first version.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
