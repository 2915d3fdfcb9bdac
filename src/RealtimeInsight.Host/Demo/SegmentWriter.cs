using System.Buffers;
using System.Text.Json;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Demo;

/// <summary>Canonical events as the JSON that a Segment SDK would send: the demo takes the same way in as a shop.</summary>
internal static class SegmentWriter
{
    /// <summary>A whole batch request.</summary>
    public static ReadOnlyMemory<byte> Batch(IReadOnlyList<CustomerEvent> events, Instant sentAt)
    {
        var output = new ArrayBufferWriter<byte>(events.Count * 512);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteStartArray("batch");
            foreach (var item in events) Write(json, item);
            json.WriteEndArray();
            json.WriteString("sentAt", sentAt.ToString());
            json.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, CustomerEvent item)
    {
        json.WriteStartObject();
        json.WriteString("type", item.Kind switch
        {
            EventKind.Identified => "identify",
            EventKind.PageViewed => "page",
            _ => "track",
        });
        json.WriteString("messageId", item.Id.Value);
        WritePeople(json, item);
        json.WriteString("timestamp", item.OccurredAt.ToString());
        if (item.TimeZone is { } zone)
        {
            json.WriteStartObject("context");
            json.WriteString("timezone", zone);
            json.WriteEndObject();
        }

        if (item.Kind == EventKind.Identified) WriteMap(json, "traits", item.Traits);
        else WriteProperties(json, item);
        json.WriteEndObject();
    }

    private static void WritePeople(Utf8JsonWriter json, CustomerEvent item)
    {
        if (item.Customer.IsVisitor) json.WriteString("anonymousId", VisitorOf(item.Customer));
        else json.WriteString("userId", item.Customer.Value);
        if (item.Visitor is { } visitor) json.WriteString("anonymousId", VisitorOf(visitor));
    }

    private static string VisitorOf(CustomerId visitor) => visitor.Value[CustomerId.VisitorPrefix.Length..];

    private static void WriteProperties(Utf8JsonWriter json, CustomerEvent item)
    {
        var custom = item.Kind == EventKind.Custom ? item.CustomName : null;
        if (item.Kind != EventKind.PageViewed) json.WriteString("event", custom ?? EventNames.SegmentName(item.Kind));
        json.WriteStartObject("properties");
        if (item.Subject is { } subject && EventKinds.SubjectProperty(item.Kind) is { } key) json.WriteString(key, subject);
        Text(json, "cart_id", item.CartId);
        Text(json, "order_id", item.OrderId);
        Text(json, "checkout_id", item.CheckoutId);
        Text(json, "currency", item.Currency);
        Text(json, item.Kind == EventKind.ReviewPosted ? "review_body" : "text", item.Text);
        Text(json, "decision_id", item.DecisionId);
        if (item.Value is { } value) json.WriteNumber(item.Kind == EventKind.OrderCompleted ? "total" : "value", value);
        if (item.Rating is { } rating) json.WriteNumber("rating", rating);
        if (item.Consents is { } consents)
        {
            json.WriteStartObject("consents");
            foreach (var (purpose, isGranted) in consents) json.WriteBoolean(purpose, isGranted);
            json.WriteEndObject();
        }

        WriteProducts(json, item.Products);
        json.WriteEndObject();
    }

    private static void WriteProducts(Utf8JsonWriter json, IReadOnlyList<ProductLine> products)
    {
        if (products.Count == 0) return;
        json.WriteStartArray("products");
        foreach (var line in products)
        {
            json.WriteStartObject();
            json.WriteString("product_id", line.ProductId);
            Text(json, "category", line.Category);
            Text(json, "brand", line.Brand);
            Text(json, "name", line.Name);
            if (line.Price is { } price) json.WriteNumber("price", price);
            json.WriteNumber("quantity", line.Quantity);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string>? map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map ?? new Dictionary<string, string>()) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }
}
