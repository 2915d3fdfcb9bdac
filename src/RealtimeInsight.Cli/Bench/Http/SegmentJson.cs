using System.Buffers;
using System.Text.Json;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Cli.Bench.Http;

/// <summary>Events as the JSON that a browser's SDK sends: with library, page, agent and locale, which make up half of its bytes.</summary>
internal static class SegmentJson
{
    /// <summary>The body of one <c>/v1/batch</c> request.</summary>
    public static ReadOnlyMemory<byte> Batch(IReadOnlyList<CustomerEvent> events)
    {
        var output = new ArrayBufferWriter<byte>(events.Count * 640);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteStartArray("batch");
            foreach (var item in events) Write(json, item);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, CustomerEvent item)
    {
        json.WriteStartObject();
        json.WriteString("timestamp", item.OccurredAt.ToString());
        json.WriteString("type", item.Kind == EventKind.PageViewed ? "page" : "track");
        json.WriteString("userId", item.Customer.Value);
        if (item.Kind != EventKind.PageViewed) json.WriteString("event", EventNames.SegmentName(item.Kind));
        json.WriteStartObject("properties");
        WriteProperties(json, item);
        json.WriteEndObject();
        WriteContext(json);
        json.WriteString("messageId", item.Id.Value);
        json.WriteEndObject();
    }

    private static void WriteProperties(Utf8JsonWriter json, CustomerEvent item)
    {
        if (item.Subject is { } subject && EventKinds.SubjectProperty(item.Kind) is { } key) json.WriteString(key, subject);
        if (item.Currency is { } currency) json.WriteString("currency", currency);
        if (item.OrderId is { } order) json.WriteString("order_id", order);
        if (item.Kind != EventKind.OrderCompleted)
        {
            foreach (var line in item.Products) WriteLine(json, line);
            return;
        }

        json.WriteStartArray("products");
        foreach (var line in item.Products)
        {
            json.WriteStartObject();
            WriteLine(json, line);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLine(Utf8JsonWriter json, ProductLine line)
    {
        json.WriteString("product_id", line.ProductId);
        if (line.Category is { } category) json.WriteString("category", category);
        if (line.Brand is { } brand) json.WriteString("brand", brand);
        if (line.Name is { } name) json.WriteString("name", name);
        if (line.Price is { } price) json.WriteNumber("price", price);
        json.WriteNumber("quantity", line.Quantity);
    }

    private static void WriteContext(Utf8JsonWriter json)
    {
        json.WriteStartObject("context");
        json.WriteStartObject("library");
        json.WriteString("name", "analytics.js");
        json.WriteString("version", "next-1.70.0");
        json.WriteEndObject();
        json.WriteStartObject("page");
        json.WriteString("path", "/shoes/running");
        json.WriteString("title", "Running shoes");
        json.WriteString("url", "https://shop.example/shoes/running");
        json.WriteEndObject();
        json.WriteString("userAgent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36");
        json.WriteString("locale", "de-DE");
        json.WriteString("timezone", "Europe/Berlin");
        json.WriteEndObject();
    }
}
