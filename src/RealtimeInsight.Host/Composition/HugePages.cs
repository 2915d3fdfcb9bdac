using System.Globalization;
using System.Runtime.InteropServices;

namespace RealtimeInsight.Host;

/// <summary>
/// Asks the system to back the managed heap with pages of 2 MiB where it has them (transparent huge pages). Customers are drawn at random
/// from gigabytes, so that with pages of 4 KiB most of them miss the processor's table of pages as well as its caches.
/// </summary>
public static class HugePages
{
    private const string Maps = "/proc/self/maps";
    private const string Setting = "/sys/kernel/mm/transparent_hugepage/enabled";
    private const int AdviseHuge = 14;

    /// <summary>The collector reserves one range for all of its heap at the start; nothing else reserves as much.</summary>
    private const long RangeMin = 4L << 30;

    /// <summary>What the system does about them: always, madvise (where it is asked), never; none where it has none.</summary>
    public static string Mode()
    {
        if (!File.Exists(Setting)) return "none";
        var text = File.ReadAllText(Setting);
        var (from, to) = (text.IndexOf('[', StringComparison.Ordinal), text.IndexOf(']', StringComparison.Ordinal));
        return from >= 0 && to > from ? text[(from + 1)..to] : "none";
    }

    /// <summary>
    /// Advises the ranges that the heap is reserved in; what it takes of them from then on comes in huge pages. Returns the bytes that the
    /// system took the advice for: 0 where it has no such pages, or none are allowed. Best called before the heap grows.
    /// </summary>
    public static long Advise()
    {
        if (!OperatingSystem.IsLinux() || Mode() is "none" or "never") return 0;
        var advised = 0L;
        foreach (var line in File.ReadLines(Maps))
        {
            if (TryRange(line, out var from, out var length) && Advise(from, length, AdviseHuge) == 0) advised += length;
        }

        return advised;
    }

    /// <summary>Whether a line of the list of mappings is of a private range without a file, as large as only the heap is.</summary>
    internal static bool TryRange(string line, out nint from, out nint length)
    {
        (from, length) = (0, 0);
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 5 || !parts[1].EndsWith('p')) return false;
        var ends = parts[0].Split('-');
        if (ends.Length != 2 || !TryAddress(ends[0], out var start) || !TryAddress(ends[1], out var end)) return false;
        (from, length) = ((nint)start, (nint)(end - start));
        return end - start >= RangeMin;
    }

    private static bool TryAddress(string text, out long address) =>
        long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address);

    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(nint from, nint length, int advice);
}
