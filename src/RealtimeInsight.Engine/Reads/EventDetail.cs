using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Engine.Reads;

/// <summary>What a timeline shows of an event.</summary>
public static class EventDetail
{
    public static JsonObject Of(CustomerEvent item)
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
        if (item.Labels?.Sentiment is { } sentiment) detail["sentiment"] = sentiment;
        if (item.Labels is { Topics: not TextTopics.None } labels)
        {
            detail["topics"] = new JsonArray([.. TopicNames.Of(labels.Topics).Select(static name => JsonValue.Create(name))]);
        }

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
