using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RealtimeInsight.Domain.Binary;

/// <summary>
/// Asks the processor for memory that is needed soon. A turn touches hundreds of customers spread over gigabytes: asked for all at once,
/// their cache misses overlap instead of adding up. Only a hint: it changes nothing, and an object that the collector moves meanwhile is
/// merely fetched when it is used.
/// </summary>
public static class CacheLines
{
    public const int Bytes = 64;

    /// <summary>Asks for the first lines of an object.</summary>
    public static void Ask(object item, int lines)
    {
        ArgumentNullException.ThrowIfNull(item);
        Ask(ref Unsafe.As<AnyObject>(item).First, lines);
    }

    /// <summary>Asks for the line that holds a value.</summary>
    public static void Ask<T>(ref T value)
        where T : unmanaged => Ask(ref value, 1);

    /// <summary>Asks for the lines from the one that holds <paramref name="first"/> on.</summary>
    internal static unsafe void Ask<T>(ref T first, int lines)
        where T : unmanaged
    {
        if (!Sse.IsSupported) return;
        var at = (byte*)Unsafe.AsPointer(ref first);
        for (var i = 0; i < lines; i++) Sse.Prefetch0(at + (i * Bytes));
    }

    private sealed class AnyObject
    {
        public byte First;
    }
}
