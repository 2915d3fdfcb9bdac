using System.Globalization;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Orleans.Deadlines;

/// <summary>How time is cut into slots and customers into buckets. The cut is stored in grain keys: it never changes.</summary>
internal static class DeadlineSlots
{
    public const long LengthMs = 600_000;

    /// <summary>How long after its end a slot takes entries: clocks of silos may differ by this much.</summary>
    public const long GraceMs = 60_000;

    public static long SlotOf(Instant at) => Math.DivRem(at.UnixMs, LengthMs).Quotient;

    public static long EndMs(long slot) => (slot + 1) * LengthMs;

    public static int BucketOf(string customer, int buckets) => (int)(Domain.Text.StableHash.Of(customer) % (uint)buckets);

    public static string KeyOf(int bucket, long slot) => string.Create(CultureInfo.InvariantCulture, $"{bucket}/{slot}");

    public static long SlotIn(string key) =>
        long.Parse(key.AsSpan(key.IndexOf('/', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
}
