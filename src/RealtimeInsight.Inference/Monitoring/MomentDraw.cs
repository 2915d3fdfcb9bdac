using System.Runtime.CompilerServices;
using RealtimeInsight.Domain.Customers;

namespace RealtimeInsight.Inference.Monitoring;

/// <summary>A number for each scored moment, evenly distributed: by it a moment is followed or sampled, or not.</summary>
public static class MomentDraw
{
    /// <summary>The same for all events of a customer at one moment; reads what a turn has at hand (SplitMix64's finisher).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(CustomerState state)
    {
        var mixed = ((ulong)state.LastSeen.UnixMs * 0x9E3779B97F4A7C15UL) ^ (ulong)state.FirstSeen.UnixMs;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>Another draw of the same moment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Other(ulong draw) => draw * 0x9E3779B97F4A7C15UL;
}
