using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Shards;

/// <summary>The reject that stands for an event beyond the allowed lateness.</summary>
internal static class LateReject
{
    public const string Code = "late";

    public static RejectedItem Of(CustomerEvent item, Instant newest, TimeSpan allowed) => new(
        item.IngestedAt,
        "engine",
        0,
        Code,
        $"event time {item.OccurredAt} is {newest - item.OccurredAt:c} older than the customer's newest event, {allowed:c} is allowed; "
        + "raise AllowedLateness before sending history, or send it in order",
        Payload(item));

    private static string Payload(CustomerEvent item)
    {
        var node = new JsonObject
        {
            ["messageId"] = item.Id.Value,
            ["customer"] = item.Customer.Value,
            ["type"] = EventKinds.WireName(item.Kind),
            ["timestamp"] = item.OccurredAt.ToString(),
            ["products"] = new JsonArray([.. item.Products.Select(static line => (JsonNode?)line.ProductId)]),
            ["value"] = item.Value,
            ["currency"] = item.Currency,
        };
        return node.ToJsonString(JsonSerializerOptions.Default);
    }
}
