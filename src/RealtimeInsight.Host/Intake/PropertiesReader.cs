using RealtimeInsight.Domain.Events;
using RealtimeInsight.Host.Intake.Json;

namespace RealtimeInsight.Host.Intake;

/// <summary>
/// The properties of a track call by kind of event: names of the Segment e-commerce specification first, those of Google Analytics 4
/// and Snowplow after them. Not thread-safe.
/// </summary>
internal sealed class PropertiesReader(FieldReader fields, JsonFields properties, ContextReader context)
{
    private const int SubjectLengthMax = 512;
    private const int TextLengthMax = 8_192;
    private const int ConsentsMax = 32;
    private const int ConsentLengthMax = 64;
    private const int DecisionIdLengthMax = 128;

    private readonly JsonFields _line = new();

    private JsonTable Table => fields.Table;

    /// <summary>Reads what the kind of <paramref name="draft"/> asks for.</summary>
    public void Read(ref EventDraft draft)
    {
        draft.Subject = Subject(draft.Kind);
        draft.DecisionId = fields.Text(properties, JsonName.DecisionId, JsonName.DecisionIdCamel, DecisionIdLengthMax);
        switch (draft.Kind)
        {
            case EventKind.ReviewPosted:
                ReadCommerce(ref draft);
                draft.Text = fields.Text(properties, JsonName.ReviewBody, JsonName.Text, TextLengthMax);
                draft.Rating = fields.Rating(properties, JsonName.Rating);
                break;
            case EventKind.ServiceMessage or EventKind.SocialMention:
                draft.Text = fields.Text(properties, JsonName.Text, TextLengthMax)
                    ?? fields.Text(properties, JsonName.Message, JsonName.MessageBody, TextLengthMax);
                break;
            case EventKind.ConsentChanged:
                draft.Consents = Consents();
                break;
            case EventKind.PageViewed or EventKind.AdClicked or EventKind.MessageOpened or EventKind.MessageClicked
                or EventKind.LoggedIn or EventKind.Identified:
                break;
            default:
                ReadCommerce(ref draft);
                break;
        }
    }

    private void ReadCommerce(ref EventDraft draft)
    {
        draft.Products = Products(draft.Kind);
        var value = fields.Money(properties, JsonName.Value);
        var total = fields.Money(properties, JsonName.Total);
        var revenue = fields.Money(properties, JsonName.Revenue);
        draft.CartId = fields.Identifier(properties, JsonName.CartId, JsonName.CartIdCamel);
        draft.OrderId = fields.Identifier(properties, JsonName.OrderId, JsonName.OrderIdCamel)
            ?? fields.Identifier(properties, JsonName.TransactionId);
        draft.CheckoutId = fields.Identifier(properties, JsonName.CheckoutId, JsonName.CheckoutIdCamel);
        draft.Value = IsOrder(draft.Kind) ? total ?? revenue ?? value : value ?? revenue ?? total;
        draft.Currency = fields.Currency(properties, JsonName.Currency);
    }

    private static bool IsOrder(EventKind kind) =>
        kind is EventKind.OrderCompleted or EventKind.OrderCancelled or EventKind.OrderRefunded;

    private static bool NeedsProduct(EventKind kind) =>
        kind is EventKind.ProductViewed or EventKind.CartAdded or EventKind.CartRemoved
            or EventKind.WishlistAdded or EventKind.WishlistRemoved;

    /// <summary>The list under <c>products</c> or <c>items</c>, else the one product whose fields stand among the properties.</summary>
    private ProductLine[] Products(EventKind kind)
    {
        if (properties.TryFind(JsonName.Products, out var list)) return Lines(JsonName.Products, list, kind);
        if (properties.TryFind(JsonName.Items, out list)) return Lines(JsonName.Items, list, kind);
        if (Line(properties) is { } line) return [line];
        if (NeedsProduct(kind)) RejectWithoutProduct(kind);
        return [];
    }

    private ProductLine[] Lines(JsonName name, int list, EventKind kind)
    {
        if (Table.KindOf(list) != JsonKind.Array)
        {
            fields.WrongType(name, list, "an array");
            return [];
        }

        var count = Table.CountIn(list);
        if (count > IntakeOptions.ProductsMax)
        {
            fields.Reject(
                RejectCodes.TooMany, $"the event has {count} products, at most {IntakeOptions.ProductsMax} are allowed; split it");
            return [];
        }

        if (count == 0 && NeedsProduct(kind)) RejectWithoutProduct(kind);
        if (count == 0) return [];
        var lines = new ProductLine[count];
        var item = JsonTable.First(list);
        for (var i = 0; i < count; i++, item = Table[item].Next)
        {
            if (Table.KindOf(item) != JsonKind.Object)
            {
                fields.WrongType(name, item, "objects in the array");
                return [];
            }

            _line.Open(Table, item);
            if (Line(_line) is { } line)
            {
                lines[i] = line;
                continue;
            }

            fields.Reject(RejectCodes.MissingField, $"product {i} has no product_id; send product_id, item_id or sku");
            return [];
        }

        return lines;
    }

    private ProductLine? Line(JsonFields item)
    {
        var productId = fields.Identifier(item, JsonName.ProductId, JsonName.ProductIdCamel)
            ?? fields.Identifier(item, JsonName.ItemId, JsonName.Sku)
            ?? fields.Identifier(item, JsonName.Id);
        if (productId is null) return null;
        return new ProductLine(
            productId,
            fields.Label(item, JsonName.Category, JsonName.ItemCategory, FieldReader.IdentifierLengthMax),
            fields.Label(item, JsonName.Brand, JsonName.ItemBrand, FieldReader.IdentifierLengthMax),
            fields.Label(item, JsonName.Name, JsonName.ItemName, FieldReader.IdentifierLengthMax),
            fields.Money(item, JsonName.Price),
            fields.Quantity(item, JsonName.Quantity));
    }

    private void RejectWithoutProduct(EventKind kind) =>
        fields.Reject(RejectCodes.MissingField,
            $"the event is {EventKinds.WireName(kind)} and names no product; send product_id, item_id or sku");

    private string? Subject(EventKind kind) => kind switch
    {
        EventKind.Searched => First(JsonName.Query, JsonName.SearchTerm),
        EventKind.PageViewed => First(JsonName.Path, JsonName.PageLocation) ?? First(JsonName.ScreenName, JsonName.Name),
        EventKind.ListViewed or EventKind.ListClicked =>
            First(JsonName.ListId, JsonName.ItemListId) ?? First(JsonName.ItemListName, JsonName.Category),
        EventKind.CouponApplied or EventKind.CouponDenied =>
            First(JsonName.CouponId, JsonName.CouponName) ?? First(JsonName.Coupon, JsonName.CouponCode),
        EventKind.AdClicked => First(JsonName.Campaign, JsonName.CampaignId) ?? context.CampaignName(SubjectLengthMax),
        EventKind.MessageOpened or EventKind.MessageClicked =>
            First(JsonName.CampaignName, JsonName.EmailSubject) ?? First(JsonName.MessageIdSnake, JsonName.Subject),
        EventKind.CheckoutStep => fields.Identifier(properties, JsonName.Step, JsonName.CheckoutStep),
        EventKind.PaymentFailed => First(JsonName.PaymentMethod, JsonName.Reason),
        EventKind.OrderCompleted => First(JsonName.Coupon, JsonName.CouponId),
        EventKind.ServiceMessage => First(JsonName.From, JsonName.Channel),
        EventKind.SocialMention => First(JsonName.Network, JsonName.Channel),
        EventKind.LoggedIn => First(JsonName.Method, JsonName.LoginMethod),
        EventKind.OfferShown => First(JsonName.OfferId, JsonName.PromotionId),
        EventKind.RecommendationShown => First(JsonName.ListId, JsonName.Placement),
        _ => null,
    };

    private string? First(JsonName name, JsonName other)
    {
        // A subject is a label: a sender's object under the same name is something else, not a mistake.
        var text = fields.LabelAt(properties.Find(name)) ?? fields.LabelAt(properties.Find(other));
        return FieldReader.Cut(text, SubjectLengthMax);
    }

    /// <summary>
    /// <c>consents</c> as an object of purpose to boolean, or one <c>purpose</c> (or <c>channel</c>) with <c>granted</c>, or the
    /// category preferences in the context.
    /// </summary>
    private Dictionary<string, bool>? Consents()
    {
        if (properties.TryFind(JsonName.Consents, out var map)) return ConsentMap(JsonName.Consents, map);
        var purpose = fields.Label(properties, JsonName.Purpose, JsonName.Channel, ConsentLengthMax);
        if (purpose is not null && properties.TryFind(JsonName.Granted, out var granted))
        {
            if (IsBoolean(granted))
            {
                return new Dictionary<string, bool>(StringComparer.Ordinal) { [purpose] = Table.KindOf(granted) == JsonKind.True };
            }

            fields.WrongType(JsonName.Granted, granted, "true or false");
            return null;
        }

        var preferences = context.CategoryPreferences();
        if (preferences >= 0 && Table.KindOf(preferences) == JsonKind.Object)
        {
            return ConsentMap(JsonName.CategoryPreferences, preferences);
        }

        fields.Reject(RejectCodes.MissingField, "the event changes no consent; send consents {\"email\": true}, or purpose and granted");
        return null;
    }

    private Dictionary<string, bool> ConsentMap(JsonName name, int map)
    {
        var consents = new Dictionary<string, bool>(StringComparer.Ordinal);
        if (Table.KindOf(map) != JsonKind.Object)
        {
            fields.WrongType(name, map, "an object of purpose to true or false");
            return consents;
        }

        var end = Table.End(map);
        for (var child = JsonTable.First(map); child < end; child = Table[child].Next)
        {
            if (!IsBoolean(child))
            {
                fields.WrongType(name, child, "true or false for each purpose");
                return consents;
            }

            if (consents.Count == ConsentsMax)
            {
                fields.Reject(RejectCodes.TooMany, $"the event has over {ConsentsMax} consents; split it");
                return consents;
            }

            var purpose = FieldReader.Cut(fields.NameAt(child), ConsentLengthMax);
            if (purpose is not null) consents[purpose] = Table.KindOf(child) == JsonKind.True;
        }

        return consents;
    }

    private bool IsBoolean(int index) => Table.KindOf(index) is JsonKind.True or JsonKind.False;
}
