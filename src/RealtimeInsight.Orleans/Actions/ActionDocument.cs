using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;

namespace RealtimeInsight.Orleans.Actions;

/// <summary>The CloudEvents 1.0 document that an action is sent as, in the form of the embedded engine.</summary>
internal static class ActionDocument
{
    public const string Type = "com.realtimeinsight.action.decided.v1";

    private static readonly string[] s_members =
        ["decision_id", "customer_id", "rule", "action", "channel", "parameters", "episode", "decided_at", "scores", "segments", "cart"];

    public static byte[] Write(Decision decision, string source)
    {
        var data = new JsonObject();
        foreach (var member in s_members)
        {
            if (decision.Record[member] is { } value) data[member] = value.DeepClone();
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
