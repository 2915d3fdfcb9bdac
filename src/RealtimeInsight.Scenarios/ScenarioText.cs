using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Simulation;

namespace RealtimeInsight.Scenarios;

/// <summary>What a scenario's engine recorded, as data and in words.</summary>
internal static class ScenarioText
{
    private const int EntriesMax = 1000;

    /// <summary>Every decision as it was recorded, also those that replaced one another.</summary>
    public static IEnumerable<JsonNode> Decisions(VirtualEngine engine) => Entries(engine)
        .Where(static entry => entry.Entry.Type == "decision").Select(static entry => entry.Entry.Detail);

    /// <summary>A decision comes again under its id when what was put off is settled.</summary>
    public static string KeyOf(JsonNode record) => $"{record["decision_id"]} {record["status"]}";

    public static string Describe(VirtualEngine engine, Instant start)
    {
        var text = new StringBuilder();
        foreach (var (customer, entry) in Entries(engine).OrderBy(static entry => entry.Entry.At.UnixMs))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Span.Write(entry.At - start),-12} {customer,-12} ");
            text.AppendLine(entry.Type == "decision" ? Decision(entry.Detail) : Happened(entry));
        }

        text.Append(CultureInfo.InvariantCulture, $"  {Span.Write(engine.Now - start),-12} now");
        return text.ToString();
    }

    /// <summary>By customer, oldest first.</summary>
    private static IEnumerable<(string Customer, TimelineEntry Entry)> Entries(VirtualEngine engine) => engine.Customers.SelectMany(
        customer => engine.Timeline(customer, EntriesMax).Reverse().Select(entry => (customer.Value, entry)));

    private static string Decision(JsonNode record)
    {
        var status = record["status"]!.GetValue<string>();
        var reason = record["reason"]!.GetValue<string>();
        var text = new StringBuilder(record["rule"]!.GetValue<string>());
        text.Append(status == "decided" ? $" ACTS: {record["action"]}" : $" {status}: {reason}");
        text.Append(CultureInfo.InvariantCulture, $" (on {record["trigger"]!["name"]}");
        if (record["cart"] is { } cart) text.Append(CultureInfo.InvariantCulture, $", cart {cart["value"]} {cart["currency"]}");
        if (record["scores"] is { } scores)
        {
            text.Append(CultureInfo.InvariantCulture, $", churn {Number(scores, "churn")}, abandonment {Number(scores, "abandonment")}");
            text.Append(CultureInfo.InvariantCulture, $", purchase {Number(scores, "purchase")}");
        }

        var due = new Instant(record["due_at_ms"]!.GetValue<long>());
        if (status == "deferred") text.Append(CultureInfo.InvariantCulture, $", until {due}");
        return text.Append(')').ToString();
    }

    private static string Number(JsonNode scores, string head) =>
        scores[head]!.GetValue<float>().ToString("0.00", CultureInfo.InvariantCulture);

    private static string Happened(TimelineEntry entry)
    {
        var products = (entry.Detail["products"] as JsonArray)?.Select(static line =>
            $"{line!["product_id"]} x{line["quantity"]}{(line["price"] is { } price ? $" at {price}" : "")}") ?? [];
        var consents = (entry.Detail["consents"] as JsonObject)?.Select(static pair => $"{pair.Key}={pair.Value}") ?? [];
        return $"{entry.Name} {string.Join(", ", products.Concat(consents))}".TrimEnd();
    }
}
