using System.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Orleans.Rejects;

/// <summary>
/// Ids of rejects: the millisecond at which one was kept (or the next free one) and the share that has it, so that they grow with time
/// and lead to their share. The form is stored: it never changes.
/// </summary>
internal static class RejectIds
{
    public const int SharesMax = 1024;

    public static long Next(long last, Instant now) => Math.Max(last + 1, now.UnixMs);

    public static long Of(long sequence, long share) => (sequence * SharesMax) + share;

    public static long ShareOf(long id) => id % SharesMax;

    /// <summary>About how many bytes a reject takes.</summary>
    public static int BytesOf(StoredReject item) => 64 + BytesOf(item.Source) + BytesOf(item.Code) + BytesOf(item.Message)
        + BytesOf(item.Payload) + BytesOf(item.Call) + BytesOf(item.Envelope);

    /// <summary>With no more of its payload than leaves it within a limit, and marked where that is not the whole.</summary>
    public static StoredReject Cut(StoredReject item, int bytesMax)
    {
        var excess = BytesOf(item) - bytesMax;
        if (excess <= 0) return item;

        // Each unit of the text takes at least one byte.
        var length = Math.Max(0, item.Payload.Length - excess);
        if (length > 0 && char.IsHighSurrogate(item.Payload[length - 1])) length--;
        return item with { Payload = item.Payload[..length], IsCut = true };
    }

    private static int BytesOf(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
