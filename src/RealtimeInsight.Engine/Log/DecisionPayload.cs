using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Log;

/// <summary>
/// Payloads of decision records (8 bytes: up to when the customer was folded when it was decided; then the record as JSON) and of
/// outcome records (JSON).
/// </summary>
internal static class DecisionPayload
{
    public static byte[] WriteDecision(Instant foldedUpTo, ReadOnlySpan<byte> record)
    {
        var payload = new byte[sizeof(long) + record.Length];
        BinaryPrimitives.WriteInt64LittleEndian(payload, foldedUpTo.UnixMs);
        record.CopyTo(payload.AsSpan(sizeof(long)));
        return payload;
    }

    public static JsonNode ReadDecision(ReadOnlySpan<byte> payload, out Instant foldedUpTo)
    {
        foldedUpTo = new Instant(BinaryPrimitives.ReadInt64LittleEndian(payload));
        return JsonNode.Parse(payload[sizeof(long)..])!;
    }

    public static byte[] WriteOutcome(DecisionOutcome outcome)
    {
        var payload = new JsonObject
        {
            ["decision_id"] = outcome.DecisionId,
            ["customer_id"] = outcome.Customer.Value,
            ["outcome"] = DecisionRecord.WireName(outcome.Outcome),
            ["at_ms"] = outcome.At.UnixMs,
            ["value"] = outcome.Value.ToString(CultureInfo.InvariantCulture),
        };
        if (outcome.Given is { } given)
        {
            payload["given"] = new JsonObject
            {
                ["rule"] = given.Rule, ["variant"] = given.Variant, ["decided_at_ms"] = given.DecidedAt.UnixMs,
            };
        }

        return JsonSerializer.SerializeToUtf8Bytes<JsonNode>(payload);
    }

    public static DecisionOutcome ReadOutcome(ReadOnlySpan<byte> payload)
    {
        var node = JsonNode.Parse(payload)!;
        return new DecisionOutcome(
            node["decision_id"]!.GetValue<string>(),
            CustomerId.Parse(node["customer_id"]!.GetValue<string>()),
            node["outcome"]!.GetValue<string>() == DecisionRecord.WireName(OutcomeKind.Recovered)
                ? OutcomeKind.Recovered
                : OutcomeKind.NotRecovered,
            new Instant(node["at_ms"]!.GetValue<long>()),
            decimal.Parse(node["value"]!.GetValue<string>(), CultureInfo.InvariantCulture))
        {
            Given = node["given"] is { } given
                ? new GivenVariant(
                    given["rule"]!.GetValue<string>(), given["variant"]!.GetValue<string>(),
                    new Instant(given["decided_at_ms"]!.GetValue<long>()))
                : null,
        };
    }

    public static CustomerId CustomerOf(JsonNode record) => CustomerId.Parse(record["customer_id"]!.GetValue<string>());
}
