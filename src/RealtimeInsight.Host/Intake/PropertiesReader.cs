using System.Text.Json;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Host.Intake;

/// <summary>
/// The properties of a track call by kind of event: names of the Segment e-commerce specification first, those of Google Analytics 4
/// and Snowplow after them.
/// </summary>
internal readonly struct PropertiesReader(FieldReader fields, JsonElement properties, ContextReader context)
{
    private const int SubjectLengthMax = 512;
    private const int TextLengthMax = 8_192;
    private const int ConsentsMax = 32;
    private const int ConsentLengthMax = 64;
    private const int DecisionIdLengthMax = 128;

    public CustomerEvent Read(CustomerEvent common)
    {
        var read = common with
        {
            Subject = Subject(common.Kind),
            DecisionId = fields.Text(properties, "decision_id"u8, "decisionId"u8, DecisionIdLengthMax),
        };
        return common.Kind switch
        {
            EventKind.ReviewPosted => Commerce(read) with
            {
                Text = fields.Text(properties, "review_body"u8, "text"u8, TextLengthMax),
                Rating = fields.Rating(properties, "rating"u8),
            },
            EventKind.ServiceMessage or EventKind.SocialMention => read with
            {
                Text = fields.Text(properties, "text"u8, TextLengthMax)
                    ?? fields.Text(properties, "message"u8, "message_body"u8, TextLengthMax),
            },
            EventKind.ConsentChanged => read with { Consents = Consents() },
            EventKind.PageViewed or EventKind.AdClicked or EventKind.MessageOpened or EventKind.MessageClicked
                or EventKind.LoggedIn or EventKind.Identified => read,
            _ => Commerce(read),
        };
    }

    private CustomerEvent Commerce(CustomerEvent read)
    {
        var products = Products(read.Kind);
        var value = fields.Money(properties, "value"u8);
        var total = fields.Money(properties, "total"u8);
        var revenue = fields.Money(properties, "revenue"u8);
        return read with
        {
            Products = products,
            CartId = fields.Identifier(properties, "cart_id"u8, "cartId"u8),
            OrderId = fields.Identifier(properties, "order_id"u8, "orderId"u8) ?? fields.Identifier(properties, "transaction_id"u8),
            CheckoutId = fields.Identifier(properties, "checkout_id"u8, "checkoutId"u8),
            Value = IsOrder(read.Kind) ? total ?? revenue ?? value : value ?? revenue ?? total,
            Currency = fields.Currency(properties, "currency"u8),
        };
    }

    private static bool IsOrder(EventKind kind) =>
        kind is EventKind.OrderCompleted or EventKind.OrderCancelled or EventKind.OrderRefunded;

    private static bool NeedsProduct(EventKind kind) =>
        kind is EventKind.ProductViewed or EventKind.CartAdded or EventKind.CartRemoved
            or EventKind.WishlistAdded or EventKind.WishlistRemoved;

    /// <summary>The list under <c>products</c> or <c>items</c>, else the one product whose fields stand among the properties.</summary>
    private IReadOnlyList<ProductLine> Products(EventKind kind)
    {
        if (FieldReader.TryFind(properties, "products"u8, out var list)) return Lines("products"u8, list, kind);
        if (FieldReader.TryFind(properties, "items"u8, out list)) return Lines("items"u8, list, kind);
        if (Line(properties) is { } line) return [line];
        if (NeedsProduct(kind)) RejectWithoutProduct(kind);
        return [];
    }

    private List<ProductLine> Lines(ReadOnlySpan<byte> name, JsonElement list, EventKind kind)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            fields.WrongType(name, list, "an array");
            return [];
        }

        var count = list.GetArrayLength();
        if (count > IntakeOptions.ProductsMax)
        {
            fields.Reject(
                RejectCodes.TooMany, $"the event has {count} products, at most {IntakeOptions.ProductsMax} are allowed; split it");
            return [];
        }

        var lines = new List<ProductLine>(count);
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                fields.WrongType(name, item, "objects in the array");
                return lines;
            }

            if (Line(item) is { } line) lines.Add(line);
            else fields.Reject(RejectCodes.MissingField, $"product {lines.Count} has no product_id; send product_id, item_id or sku");
        }

        if (lines.Count == 0 && NeedsProduct(kind)) RejectWithoutProduct(kind);
        return lines;
    }

    private ProductLine? Line(JsonElement item)
    {
        var productId = fields.Identifier(item, "product_id"u8, "productId"u8)
            ?? fields.Identifier(item, "item_id"u8, "sku"u8)
            ?? fields.Identifier(item, "id"u8);
        if (productId is null) return null;
        return new ProductLine(
            productId,
            fields.Text(item, "category"u8, "item_category"u8, FieldReader.IdentifierLengthMax),
            fields.Text(item, "brand"u8, "item_brand"u8, FieldReader.IdentifierLengthMax),
            fields.Text(item, "name"u8, "item_name"u8, FieldReader.IdentifierLengthMax),
            fields.Money(item, "price"u8),
            fields.Quantity(item, "quantity"u8));
    }

    private void RejectWithoutProduct(EventKind kind) =>
        fields.Reject(RejectCodes.MissingField,
            $"the event is {EventKinds.WireName(kind)} and names no product; send product_id, item_id or sku");

    private string? Subject(EventKind kind) => kind switch
    {
        EventKind.Searched => First("query"u8, "search_term"u8),
        EventKind.PageViewed => First("path"u8, "page_location"u8) ?? First("screen_name"u8, "name"u8),
        EventKind.ListViewed or EventKind.ListClicked => First("list_id"u8, "item_list_id"u8) ?? First("item_list_name"u8, "category"u8),
        EventKind.CouponApplied or EventKind.CouponDenied => First("coupon_id"u8, "coupon_name"u8) ?? First("coupon"u8, "coupon_code"u8),
        EventKind.AdClicked => First("campaign"u8, "campaign_id"u8) ?? context.CampaignName(SubjectLengthMax),
        EventKind.MessageOpened or EventKind.MessageClicked =>
            First("campaign_name"u8, "email_subject"u8) ?? First("message_id"u8, "subject"u8),
        EventKind.CheckoutStep => fields.Identifier(properties, "step"u8, "checkout_step"u8),
        EventKind.PaymentFailed => First("payment_method"u8, "reason"u8),
        EventKind.OrderCompleted => First("coupon"u8, "coupon_id"u8),
        EventKind.ServiceMessage => First("from"u8, "channel"u8),
        EventKind.SocialMention => First("network"u8, "channel"u8),
        EventKind.LoggedIn => First("method"u8, "login_method"u8),
        EventKind.OfferShown => First("offer_id"u8, "promotion_id"u8),
        EventKind.RecommendationShown => First("list_id"u8, "placement"u8),
        _ => null,
    };

    private string? First(ReadOnlySpan<byte> name, ReadOnlySpan<byte> other)
    {
        // A subject is a label: a sender's object under the same name is something else, not a mistake.
        return FieldReader.Cut(Label(name) ?? Label(other), SubjectLengthMax);
    }

    private string? Label(ReadOnlySpan<byte> name) =>
        FieldReader.TryFind(properties, name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>
    /// <c>consents</c> as an object of purpose to boolean, or one <c>purpose</c> (or <c>channel</c>) with <c>granted</c>, or the
    /// category preferences in the context.
    /// </summary>
    private Dictionary<string, bool>? Consents()
    {
        if (FieldReader.TryFind(properties, "consents"u8, out var map)) return ConsentMap("consents"u8, map);
        var purpose = fields.Text(properties, "purpose"u8, "channel"u8, ConsentLengthMax);
        if (purpose is not null && FieldReader.TryFind(properties, "granted"u8, out var granted))
        {
            if (granted.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                return new Dictionary<string, bool>(StringComparer.Ordinal) { [purpose] = granted.GetBoolean() };
            }

            fields.WrongType("granted"u8, granted, "true or false");
            return null;
        }

        var preferences = context.CategoryPreferences();
        if (preferences.ValueKind == JsonValueKind.Object) return ConsentMap("categoryPreferences"u8, preferences);
        fields.Reject(RejectCodes.MissingField, "the event changes no consent; send consents {\"email\": true}, or purpose and granted");
        return null;
    }

    private Dictionary<string, bool> ConsentMap(ReadOnlySpan<byte> name, JsonElement map)
    {
        var consents = new Dictionary<string, bool>(StringComparer.Ordinal);
        if (map.ValueKind != JsonValueKind.Object)
        {
            fields.WrongType(name, map, "an object of purpose to true or false");
            return consents;
        }

        foreach (var property in map.EnumerateObject())
        {
            if (property.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                fields.WrongType(name, property.Value, "true or false for each purpose");
                return consents;
            }

            if (consents.Count == ConsentsMax)
            {
                fields.Reject(RejectCodes.TooMany, $"the event has over {ConsentsMax} consents; split it");
                return consents;
            }

            if (FieldReader.Cut(property.Name, ConsentLengthMax) is { } purpose) consents[purpose] = property.Value.GetBoolean();
        }

        return consents;
    }
}
