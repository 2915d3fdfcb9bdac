using System.Buffers.Binary;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Engine.Storage;

/// <summary>
/// Says with which settings deadlines were computed: kept with them, so that after a change of settings they are computed anew.
/// </summary>
internal static class DeadlineStamp
{
    public static ulong Of(CustomerOptions options)
    {
        Span<byte> bytes = stackalloc byte[(3 + CustomerOptions.DormancyLevelsMax) * sizeof(long)];
        bytes.Clear();
        Write(bytes, 0, options.SessionGap);
        Write(bytes, 1, options.CartAtRiskAfter);
        Write(bytes, 2, options.CartAbandonedAfter);
        for (var i = 0; i < options.DormancyLevels.Count; i++) Write(bytes, 3 + i, options.DormancyLevels[i]);
        return StableHash.Of(bytes);
    }

    private static void Write(Span<byte> bytes, int position, TimeSpan span) =>
        BinaryPrimitives.WriteInt64LittleEndian(bytes[(position * sizeof(long))..], (long)span.TotalMilliseconds);
}
