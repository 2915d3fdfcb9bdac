using System.Text;
using System.Text.Json;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.EventHubs;

/// <summary>Reads what Event Hubs' REST form wraps around events: a batch's array, and the broker properties.</summary>
internal static class HubMessages
{
    public const string BatchMediaType = "application/vnd.microsoft.servicebus.json";

    private const int PartitionKeyLengthMax = 128;

    /// <summary>A request that is one event.</summary>
    /// <param name="brokerProperties">The header of that name; empty without one.</param>
    /// <param name="isToPartition">The path names a partition; a partition key beside it is refused.</param>
    public static ItemProblem? ReadSingle(ReadOnlyMemory<byte> body, string brokerProperties, bool isToPartition, List<HubMessage> messages)
    {
        string? messageId = null;
        if (brokerProperties.Length > 0)
        {
            try
            {
                using var document = JsonDocument.Parse(brokerProperties);
                if (BrokerProblem(document.RootElement, isToPartition, out messageId) is { } problem) return problem;
            }
            catch (JsonException)
            {
                return new ItemProblem(RejectCodes.InvalidJson, "the header BrokerProperties is not JSON; send one JSON object");
            }
        }

        messages.Add(new HubMessage(body, messageId));
        return null;
    }

    /// <summary>A request that is an array of objects with a <c>Body</c>.</summary>
    public static ItemProblem? ReadBatch(ReadOnlyMemory<byte> body, bool isToPartition, List<HubMessage> messages)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Array)
            {
                return new ItemProblem(RejectCodes.WrongType, "the batch is no array; send an array of objects with 'Body'");
            }

            var count = root.GetArrayLength();
            if (count == 0) return new ItemProblem(RejectCodes.MissingField, "the batch is empty; send at least one event");
            if (count > IntakeOptions.BatchEventsMax) return TooMany(count);
            foreach (var item in root.EnumerateArray())
            {
                if (AddItem(item, isToPartition, messages) is { } problem)
                {
                    return problem with { Message = $"item {messages.Count} of the batch: {problem.Message}" };
                }
            }

            return null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second is what a string with half a surrogate pair gives.
            return new ItemProblem(RejectCodes.InvalidJson, "the batch is not UTF-8 JSON; send an array of objects with 'Body'");
        }
    }

    public static ItemProblem TooMany(int count) => new(
        RejectCodes.TooMany, $"the request has {count} events, at most {IntakeOptions.BatchEventsMax} are allowed; split it");

    private static ItemProblem? AddItem(JsonElement item, bool isToPartition, List<HubMessage> messages)
    {
        if (item.ValueKind != JsonValueKind.Object) return new ItemProblem(RejectCodes.WrongType, "it is no object; send one with 'Body'");
        if (!item.TryGetProperty("Body", out var body) || body.ValueKind != JsonValueKind.String)
        {
            return new ItemProblem(RejectCodes.MissingField, "Body is no string; send the event as a string");
        }

        string? messageId = null;
        if (item.TryGetProperty("BrokerProperties", out var broker) && broker.ValueKind != JsonValueKind.Null
            && BrokerProblem(broker, isToPartition, out messageId) is { } problem)
        {
            return problem;
        }

        var isBase64 = item.TryGetProperty("IsBodyBase64", out var flag) && flag.ValueKind == JsonValueKind.True;
        byte[]? bytes;
        if (!isBase64) bytes = Encoding.UTF8.GetBytes(body.GetString()!);
        else if (!body.TryGetBytesFromBase64(out bytes)) return new ItemProblem(RejectCodes.WrongType, "Body is not base64 as it says");
        messages.Add(new HubMessage(bytes, messageId));
        return null;
    }

    private static ItemProblem? BrokerProblem(JsonElement properties, bool isToPartition, out string? messageId)
    {
        messageId = null;
        if (properties.ValueKind != JsonValueKind.Object)
        {
            return new ItemProblem(RejectCodes.WrongType, "BrokerProperties is no object; send one JSON object");
        }

        if (properties.TryGetProperty("MessageId", out var id) && id.ValueKind == JsonValueKind.String) messageId = id.GetString();
        if (!properties.TryGetProperty("PartitionKey", out var key) || key.ValueKind == JsonValueKind.Null) return null;
        if (key.ValueKind != JsonValueKind.String || key.GetString()!.Length is 0 or > PartitionKeyLengthMax)
        {
            return new ItemProblem(RejectCodes.InvalidId, $"PartitionKey is no string of 1 to {PartitionKeyLengthMax} characters; "
                + "send the customer's id");
        }

        return isToPartition
            ? new ItemProblem(RejectCodes.InvalidId, "PartitionKey is given beside a partition; leave one of them out")
            : null;
    }
}
