using System.Text.Json;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Shards;

/// <summary>The reject that stands for an event beyond the allowed lateness; its payload can be replayed.</summary>
public static class LateReject
{
    public const string Code = "late";

    /// <param name="newest">Time of the customer's newest event.</param>
    public static RejectedItem Of(CustomerEvent item, Instant newest, TimeSpan allowed)
    {
        ArgumentNullException.ThrowIfNull(item);
        return new RejectedItem(
            item.IngestedAt,
            "engine",
            0,
            Code,
            $"event time {item.OccurredAt} is {newest - item.OccurredAt:c} older than the customer's newest event, {allowed:c} is allowed; "
            + "replay it with take_late, or raise AllowedLateness before sending history",
            EventDocument.Write(item).ToJsonString(JsonSerializerOptions.Default));
    }
}
