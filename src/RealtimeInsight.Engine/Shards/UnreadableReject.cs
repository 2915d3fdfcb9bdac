using System.Text.Json;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Shards;

/// <summary>The reject that stands for an event whose customer cannot be read; its payload can be replayed.</summary>
internal static class UnreadableReject
{
    public const string Code = "customer_unreadable";

    public static RejectedItem Of(CustomerEvent item) => new(
        item.IngestedAt,
        "engine",
        0,
        Code,
        "what is stored of the event's customer is damaged; see 'insight check', restore a backup, then replay the event",
        EventDocument.Write(item).ToJsonString(JsonSerializerOptions.Default));
}
