using System.Text;

namespace RealtimeInsight.Host.Intake.Json;

/// <summary>Finds a <see cref="JsonName"/> by its UTF-8 form in a few nanoseconds: a table without collisions, made once.</summary>
internal static class JsonNames
{
    private const int TableBits = 10;
    private const int TriesMax = 1_000_000;

    private static readonly (JsonName Name, string Text)[] Rows =
    [
        (JsonName.Type, "type"), (JsonName.UserId, "userId"), (JsonName.AnonymousId, "anonymousId"),
        (JsonName.PreviousId, "previousId"), (JsonName.MessageId, "messageId"), (JsonName.Event, "event"),
        (JsonName.Properties, "properties"), (JsonName.Traits, "traits"), (JsonName.Context, "context"),
        (JsonName.Timestamp, "timestamp"), (JsonName.OriginalTimestamp, "originalTimestamp"), (JsonName.SentAt, "sentAt"),
        (JsonName.ReceivedAt, "receivedAt"), (JsonName.GroupId, "groupId"), (JsonName.Name, "name"), (JsonName.Batch, "batch"),
        (JsonName.WriteKey, "writeKey"), (JsonName.TimeZone, "timezone"), (JsonName.Page, "page"), (JsonName.Path, "path"),
        (JsonName.Campaign, "campaign"), (JsonName.Consent, "consent"), (JsonName.CategoryPreferences, "categoryPreferences"),
        (JsonName.DecisionId, "decision_id"), (JsonName.DecisionIdCamel, "decisionId"), (JsonName.ReviewBody, "review_body"),
        (JsonName.Text, "text"), (JsonName.Rating, "rating"), (JsonName.Message, "message"), (JsonName.MessageBody, "message_body"),
        (JsonName.Value, "value"), (JsonName.Total, "total"), (JsonName.Revenue, "revenue"), (JsonName.CartId, "cart_id"),
        (JsonName.CartIdCamel, "cartId"), (JsonName.OrderId, "order_id"), (JsonName.OrderIdCamel, "orderId"),
        (JsonName.TransactionId, "transaction_id"), (JsonName.CheckoutId, "checkout_id"), (JsonName.CheckoutIdCamel, "checkoutId"),
        (JsonName.Currency, "currency"), (JsonName.Products, "products"), (JsonName.Items, "items"),
        (JsonName.ProductId, "product_id"), (JsonName.ProductIdCamel, "productId"), (JsonName.ItemId, "item_id"),
        (JsonName.Sku, "sku"), (JsonName.Id, "id"), (JsonName.Category, "category"), (JsonName.ItemCategory, "item_category"),
        (JsonName.Brand, "brand"), (JsonName.ItemBrand, "item_brand"), (JsonName.ItemName, "item_name"), (JsonName.Price, "price"),
        (JsonName.Quantity, "quantity"), (JsonName.Query, "query"), (JsonName.SearchTerm, "search_term"),
        (JsonName.PageLocation, "page_location"), (JsonName.ScreenName, "screen_name"), (JsonName.ListId, "list_id"),
        (JsonName.ItemListId, "item_list_id"), (JsonName.ItemListName, "item_list_name"), (JsonName.CouponId, "coupon_id"),
        (JsonName.CouponName, "coupon_name"), (JsonName.Coupon, "coupon"), (JsonName.CouponCode, "coupon_code"),
        (JsonName.CampaignId, "campaign_id"), (JsonName.CampaignName, "campaign_name"), (JsonName.EmailSubject, "email_subject"),
        (JsonName.MessageIdSnake, "message_id"), (JsonName.Subject, "subject"), (JsonName.Step, "step"),
        (JsonName.CheckoutStep, "checkout_step"), (JsonName.PaymentMethod, "payment_method"), (JsonName.Reason, "reason"),
        (JsonName.From, "from"), (JsonName.Channel, "channel"), (JsonName.Network, "network"), (JsonName.Method, "method"),
        (JsonName.LoginMethod, "login_method"), (JsonName.OfferId, "offer_id"), (JsonName.PromotionId, "promotion_id"),
        (JsonName.Placement, "placement"), (JsonName.Url, "url"), (JsonName.Consents, "consents"), (JsonName.Purpose, "purpose"),
        (JsonName.Granted, "granted"),
    ];

    private static readonly byte[][] Utf8 = [[], .. Rows.OrderBy(row => row.Name).Select(row => Encoding.UTF8.GetBytes(row.Text))];
    private static readonly (ulong Factor, ushort[] Table) Hash = MakeTable();

    /// <summary>How many slots a lookup by name needs.</summary>
    public static int Count => Utf8.Length;

    public static string Text(JsonName name) => Encoding.UTF8.GetString(Utf8[(int)name]);

    public static JsonName Find(ReadOnlySpan<byte> name)
    {
        if (name.Length < 2) return JsonName.None;
        var (factor, table) = Hash;
        var found = table[Slot(name, factor)];
        return name.SequenceEqual(Utf8[found]) ? (JsonName)found : JsonName.None;
    }

    private static int Slot(ReadOnlySpan<byte> name, ulong factor)
    {
        var key = (uint)name.Length | ((ulong)name[0] << 8) | ((ulong)name[1] << 16) | ((ulong)name[name.Length / 2] << 24)
            | ((ulong)name[^1] << 32) | ((ulong)name[^2] << 40);
        return (int)(unchecked(key * factor) >> (64 - TableBits));
    }

    private static (ulong Factor, ushort[] Table) MakeTable()
    {
        var table = new ushort[1 << TableBits];
        var factor = 0x9E3779B97F4A7C15UL;
        for (var tries = 0; tries < TriesMax; tries++)
        {
            Array.Clear(table);
            if (TryFill(table, factor)) return (factor, table);
            factor = unchecked((factor * 6364136223846793005UL) + 1442695040888963407UL) | 1;
        }

        throw new InvalidOperationException("two property names of the intake cannot be told apart; let the hash look at more bytes");
    }

    private static bool TryFill(ushort[] table, ulong factor)
    {
        for (var i = 1; i < Utf8.Length; i++)
        {
            ref var slot = ref table[Slot(Utf8[i], factor)];
            if (slot != 0) return false;
            slot = (ushort)i;
        }

        return true;
    }
}
