using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>The CloudEvents 1.0 document that an action is sent as: the decision's record without what only an analyst needs.</summary>
public static class ActionBody
{
    /// <summary>The event's <c>type</c>; stable, receivers match on it.</summary>
    public const string Type = "com.realtimeinsight.action.decided.v1";

    private static readonly string[] s_members =
        ["decision_id", "customer_id", "rule", "action", "channel", "parameters", "episode", "decided_at", "scores", "segments", "cart"];

    /// <summary>UTF-8 JSON, the same bytes for the same decision and source.</summary>
    public static byte[] Write(Decision decision, string source)
    {
        var record = decision.ReadRecord();
        var data = new JsonObject();
        foreach (var member in s_members)
        {
            if (record[member] is { } value) data[member] = value.DeepClone();
        }

        return JsonSerializer.SerializeToUtf8Bytes<JsonNode>(new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = decision.Id,
            ["source"] = source,
            ["type"] = Type,
            ["subject"] = decision.Customer.Value,
            ["time"] = decision.DecidedAt.ToString(),
            ["datacontenttype"] = "application/json",
            ["data"] = data,
        });
    }
}
