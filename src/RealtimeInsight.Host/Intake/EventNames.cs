using System.Collections.Frozen;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Host.Intake;

/// <summary>
/// The one table from the event names of the Segment e-commerce, live-chat and e-mail specifications, of Google Analytics 4, of
/// Snowplow and of our own to canonical kinds. Case does not matter; blank, hyphen and underscore are the same.
/// </summary>
public static class EventNames
{
    private const int LengthMax = 64;

    private static readonly (EventKind Kind, string[] Names)[] Rows =
    [
        (EventKind.PageViewed, ["page_viewed", "page_view", "screen_view", "screen_viewed"]),
        (EventKind.ListViewed, ["product_list_viewed", "product_list_filtered", "view_item_list", "list_view"]),
        (EventKind.ListClicked, ["product_clicked", "select_item", "list_click"]),
        (EventKind.Searched, ["products_searched", "search", "view_search_results", "site_search"]),
        (EventKind.ProductViewed, ["product_viewed", "view_item", "product_view"]),
        (EventKind.CartAdded, ["product_added", "add_to_cart", "wishlist_product_added_to_cart"]),
        (EventKind.CartRemoved, ["product_removed", "remove_from_cart"]),
        (EventKind.CartViewed, ["cart_viewed", "view_cart"]),
        (EventKind.CheckoutStarted, ["checkout_started", "begin_checkout"]),
        (EventKind.CheckoutStep,
            ["checkout_step_viewed", "checkout_step_completed", "payment_info_entered", "add_shipping_info", "add_payment_info",
             "checkout_step"]),
        (EventKind.PaymentFailed, ["payment_failed", "trns_error", "transaction_error"]),
        (EventKind.OrderCompleted, ["order_completed", "purchase", "transaction"]),
        (EventKind.OrderCancelled, ["order_cancelled", "order_canceled"]),
        (EventKind.OrderRefunded, ["order_refunded", "refund"]),
        (EventKind.CouponApplied, ["coupon_applied"]),
        (EventKind.CouponDenied, ["coupon_denied"]),
        (EventKind.ReviewPosted, ["product_reviewed", "review_posted"]),
        (EventKind.ServiceMessage,
            ["service_message", "service_message_sent", "service_message_received", "live_chat_message_sent",
             "live_chat_message_received"]),
        (EventKind.SocialMention, ["social_mention"]),
        (EventKind.AdClicked, ["ad_clicked", "ad_click"]),
        (EventKind.MessageOpened, ["message_opened", "email_opened"]),
        (EventKind.MessageClicked, ["message_clicked", "email_link_clicked", "push_notification_tapped"]),
        (EventKind.Identified, ["identified"]),
        (EventKind.ConsentChanged, ["consent_changed", "segment_consent_preference_updated"]),
        (EventKind.LoggedIn, ["logged_in", "login", "signed_in"]),
        (EventKind.WishlistAdded, ["product_added_to_wishlist", "add_to_wishlist"]),
        (EventKind.WishlistRemoved, ["product_removed_from_wishlist"]),
        (EventKind.RecommendationShown, ["recommendation_shown"]),
        (EventKind.OfferShown, ["offer_shown"]),
    ];

    private static readonly FrozenDictionary<string, EventKind> Kinds =
        Rows.SelectMany(row => row.Names, (row, name) => (name, row.Kind)).ToFrozenDictionary(pair => pair.name, pair => pair.Kind);

    private static readonly FrozenDictionary<string, EventKind>.AlternateLookup<ReadOnlySpan<char>> KindsBySpan =
        Kinds.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Every name that is known, in its lower-case underscore form, with its kind.</summary>
    public static IReadOnlyDictionary<string, EventKind> All => Kinds;

    /// <summary>The kind of an event name, <see cref="EventKind.Custom"/> for one that is not in the table.</summary>
    public static EventKind KindOf(ReadOnlySpan<char> name)
    {
        name = name.Trim();
        if (name.Length is 0 or > LengthMax) return EventKind.Custom;
        Span<char> normal = stackalloc char[LengthMax];
        for (var i = 0; i < name.Length; i++)
        {
            normal[i] = name[i] is ' ' or '-' ? '_' : char.ToLowerInvariant(name[i]);
        }

        return KindsBySpan.TryGetValue(normal[..name.Length], out var kind) ? kind : EventKind.Custom;
    }

    /// <summary>The name that a Segment library sends a kind under; our own where the specification has none.</summary>
    public static string SegmentName(EventKind kind) => kind switch
    {
        EventKind.ListViewed => "Product List Viewed",
        EventKind.ListClicked => "Product Clicked",
        EventKind.Searched => "Products Searched",
        EventKind.ProductViewed => "Product Viewed",
        EventKind.CartAdded => "Product Added",
        EventKind.CartRemoved => "Product Removed",
        EventKind.CartViewed => "Cart Viewed",
        EventKind.CheckoutStarted => "Checkout Started",
        EventKind.CheckoutStep => "Checkout Step Completed",
        EventKind.PaymentFailed => "Payment Failed",
        EventKind.OrderCompleted => "Order Completed",
        EventKind.OrderCancelled => "Order Cancelled",
        EventKind.OrderRefunded => "Order Refunded",
        EventKind.CouponApplied => "Coupon Applied",
        EventKind.CouponDenied => "Coupon Denied",
        EventKind.ReviewPosted => "Product Reviewed",
        EventKind.ServiceMessage => "Service Message",
        EventKind.SocialMention => "Social Mention",
        EventKind.AdClicked => "Ad Clicked",
        EventKind.MessageOpened => "Message Opened",
        EventKind.MessageClicked => "Message Clicked",
        EventKind.ConsentChanged => "Consent Changed",
        EventKind.LoggedIn => "Signed In",
        EventKind.WishlistAdded => "Product Added to Wishlist",
        EventKind.WishlistRemoved => "Product Removed from Wishlist",
        EventKind.RecommendationShown => "Recommendation Shown",
        EventKind.OfferShown => "Offer Shown",
        _ => EventKinds.WireName(kind),
    };
}
