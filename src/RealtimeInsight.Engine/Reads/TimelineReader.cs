using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Identity;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Reads;

/// <summary>Reads a customer's newest records, and those of histories that were merged into it, by their chains in the log.</summary>
internal static class TimelineReader
{
    /// <summary>At most <paramref name="limit"/> entries, newest first.</summary>
    public static IReadOnlyList<TimelineEntry> Read(LogReader log, long newest, int limit)
    {
        var entries = new List<TimelineEntry>(Math.Min(limit, 64));
        var walk = new HistoryWalk(log, unit: null).From(newest);
        while (entries.Count < limit && walk.TryNext(out var record))
        {
            if (EntryOf(record) is { } entry) entries.Add(entry);
        }

        // The log has the order of arrival; readers expect the order of time.
        return [.. entries.OrderByDescending(static entry => entry.At.UnixMs)];
    }

    private static TimelineEntry? EntryOf(in WalkedRecord record)
    {
        switch (record.Entry.Kind)
        {
            case RecordKind.Event or RecordKind.Forwarded:
                var item = record.Item.Event;
                return new TimelineEntry(item.OccurredAt, "event", EventKinds.WireName(item.Kind), Detail(item));
            case RecordKind.Merge:
                var merge = record.Merge!;
                var name = merge.Step == MergeStep.Taken ? "merged" : "unmerged";
                var role = merge.Step == MergeStep.Restored ? "from" : "customer";
                return new TimelineEntry(merge.At, "merge", name, new JsonObject { [role] = merge.Other.Value });
            case RecordKind.Decision:
                var decision = DecisionPayload.ReadDecision(record.Entry.Payload, out _);
                var at = new Instant(decision["decided_at_ms"]!.GetValue<long>());
                return new TimelineEntry(at, "decision", decision["rule"]!.GetValue<string>(), decision);
            case RecordKind.Outcome:
                var outcome = DecisionPayload.ReadOutcome(record.Entry.Payload);
                return new TimelineEntry(outcome.At, "outcome", DecisionRecord.WireName(outcome.Outcome)!, new JsonObject
                {
                    ["decision_id"] = outcome.DecisionId, ["value"] = outcome.Value,
                });
            default:
                return null;
        }
    }

    private static JsonObject Detail(CustomerEvent item)
    {
        var detail = new JsonObject { ["message_id"] = item.Id.Value, ["sent_as"] = item.Customer.Value };
        Put(detail, "name", item.CustomName);
        Put(detail, "visitor", item.Visitor?.Value);
        Put(detail, "cart_id", item.CartId);
        Put(detail, "order_id", item.OrderId);
        Put(detail, "checkout_id", item.CheckoutId);
        if (item.Value is { } value) detail["value"] = value;
        Put(detail, "currency", item.Currency);
        Put(detail, "subject", item.Subject);
        Put(detail, "text", item.Text);
        if (item.Rating is { } rating) detail["rating"] = rating;
        Put(detail, "decision_id", item.DecisionId);
        if (item.Products.Count > 0) detail["products"] = new JsonArray([.. item.Products.Select(Product)]);
        if (item.Traits is { } traits) detail["traits"] = new JsonObject(traits.Select(static pair => Pair(pair.Key, pair.Value)));
        if (item.Consents is { } consents) detail["consents"] = new JsonObject(consents.Select(static pair => Pair(pair.Key, pair.Value)));
        return detail;
    }

    private static JsonNode? Product(ProductLine line)
    {
        var product = new JsonObject { ["product_id"] = line.ProductId, ["quantity"] = line.Quantity };
        Put(product, "name", line.Name);
        Put(product, "category", line.Category);
        Put(product, "brand", line.Brand);
        if (line.Price is { } price) product["price"] = price;
        return product;
    }

    private static void Put(JsonObject target, string name, string? value)
    {
        if (value is not null) target[name] = value;
    }

    private static KeyValuePair<string, JsonNode?> Pair<T>(string name, T value) => new(name, JsonValue.Create(value));
}
