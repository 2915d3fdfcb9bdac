using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// An event in the form that the intake reads (one item of a batch), so that what was kept aside can be replayed: reading it gives the
/// same event, but for its trace context.
/// </summary>
internal static class EventDocument
{
    public static JsonObject Write(CustomerEvent item)
    {
        var node = new JsonObject { ["messageId"] = item.Id.Value };
        WriteWho(node, item);
        node["timestamp"] = item.OccurredAt.ToString();
        if (item.TimeZone is { } zone) node["context"] = new JsonObject { ["timezone"] = zone };
        switch (item.Kind)
        {
            case EventKind.Identified when item is { Subject: CustomerEvent.AliasSubject, Visitor: { } previous }:
                node["type"] = "alias";
                node["previousId"] = AnonymousId(previous);
                break;
            case EventKind.Identified when item.DecisionId is null:
                node["type"] = "identify";
                if (item.Traits is { } traits) node["traits"] = Text(traits);
                break;
            case EventKind.Custom when item is { CustomName: "group", Subject: not null }:
                node["type"] = "group";
                node["groupId"] = item.Subject;
                break;
            default:
                node["type"] = "track";
                node["event"] = item.Kind == EventKind.Custom ? item.CustomName : NameOf(item.Kind);
                node["properties"] = Properties(item);
                break;
        }

        return node;
    }

    private static void WriteWho(JsonObject node, CustomerEvent item)
    {
        if (item.Customer.IsVisitor) node["anonymousId"] = AnonymousId(item.Customer);
        else node["userId"] = item.Customer.Value;
        if (item.Visitor is { } visitor) node["anonymousId"] = AnonymousId(visitor);
    }

    private static string AnonymousId(CustomerId visitor) => visitor.Value[CustomerId.VisitorPrefix.Length..];

    private static JsonObject Properties(CustomerEvent item)
    {
        var properties = new JsonObject();
        if (item.Products.Count > 0) properties["products"] = new JsonArray([.. item.Products.Select(Line)]);
        Add(properties, "cart_id", item.CartId);
        Add(properties, "order_id", item.OrderId);
        Add(properties, "checkout_id", item.CheckoutId);
        if (item.Value is { } value)
        {
            var isOrder = item.Kind is EventKind.OrderCompleted or EventKind.OrderCancelled or EventKind.OrderRefunded;
            properties[isOrder ? "total" : "value"] = value;
        }

        Add(properties, "currency", item.Currency);
        if (EventKinds.SubjectProperty(item.Kind) is { } subject) Add(properties, subject, item.Subject);
        Add(properties, item.Kind == EventKind.ReviewPosted ? "review_body" : "text", item.Text);
        if (item.Rating is { } rating) properties["rating"] = rating;
        Add(properties, "decision_id", item.DecisionId);
        if (item.Consents is { } consents)
        {
            var map = new JsonObject();
            foreach (var (purpose, isGranted) in consents) map[purpose] = isGranted;
            properties["consents"] = map;
        }

        return properties;
    }

    private static JsonNode Line(ProductLine line)
    {
        var node = new JsonObject { ["product_id"] = line.ProductId };
        Add(node, "category", line.Category);
        Add(node, "brand", line.Brand);
        Add(node, "name", line.Name);
        if (line.Price is { } price) node["price"] = price;
        node["quantity"] = line.Quantity;
        return node;
    }

    private static JsonObject Text(IReadOnlyDictionary<string, string> values)
    {
        var node = new JsonObject();
        foreach (var (name, value) in values) node[name] = value;
        return node;
    }

    private static void Add(JsonObject node, string name, string? value)
    {
        if (value is not null) node[name] = value;
    }

    /// <summary>The intake's name; where senders know a kind only under another one than ours, that one.</summary>
    private static string NameOf(EventKind kind) => kind switch
    {
        EventKind.ListViewed => "product_list_viewed",
        EventKind.ListClicked => "product_clicked",
        EventKind.Searched => "products_searched",
        EventKind.CartAdded => "product_added",
        EventKind.CartRemoved => "product_removed",
        EventKind.WishlistAdded => "product_added_to_wishlist",
        EventKind.WishlistRemoved => "product_removed_from_wishlist",
        _ => EventKinds.WireName(kind),
    };
}
