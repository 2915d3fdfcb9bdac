namespace RealtimeInsight.Domain.Events;

/// <summary>What the kinds mean for sessions, rates and consent, as one table.</summary>
public static class EventKinds
{
    public const int Count = 30;

    /// <summary>True where the customer did something in the shop: it keeps the session alive and ends dormancy.</summary>
    public static bool IsActivity(EventKind kind) => kind switch
    {
        EventKind.OrderCancelled or EventKind.OrderRefunded or EventKind.ServiceMessage or EventKind.SocialMention
            or EventKind.MessageOpened or EventKind.Identified or EventKind.ConsentChanged
            or EventKind.RecommendationShown or EventKind.OfferShown => false,
        _ => true,
    };

    /// <summary>Wire name in snake case, stable: used by policies, the timeline, metrics and files.</summary>
    public static string WireName(EventKind kind) => kind switch
    {
        EventKind.Custom => "custom",
        EventKind.PageViewed => "page_viewed",
        EventKind.ListViewed => "list_viewed",
        EventKind.ListClicked => "list_clicked",
        EventKind.Searched => "searched",
        EventKind.ProductViewed => "product_viewed",
        EventKind.CartAdded => "cart_added",
        EventKind.CartRemoved => "cart_removed",
        EventKind.CartViewed => "cart_viewed",
        EventKind.CheckoutStarted => "checkout_started",
        EventKind.CheckoutStep => "checkout_step",
        EventKind.PaymentFailed => "payment_failed",
        EventKind.OrderCompleted => "order_completed",
        EventKind.OrderCancelled => "order_cancelled",
        EventKind.OrderRefunded => "order_refunded",
        EventKind.CouponApplied => "coupon_applied",
        EventKind.CouponDenied => "coupon_denied",
        EventKind.ReviewPosted => "review_posted",
        EventKind.ServiceMessage => "service_message",
        EventKind.SocialMention => "social_mention",
        EventKind.AdClicked => "ad_clicked",
        EventKind.MessageOpened => "message_opened",
        EventKind.MessageClicked => "message_clicked",
        EventKind.Identified => "identified",
        EventKind.ConsentChanged => "consent_changed",
        EventKind.LoggedIn => "logged_in",
        EventKind.WishlistAdded => "wishlist_added",
        EventKind.WishlistRemoved => "wishlist_removed",
        EventKind.RecommendationShown => "recommendation_shown",
        EventKind.OfferShown => "offer_shown",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a canonical event kind"),
    };

    /// <summary>The property that senders name the subject of an event in; null for kinds without one.</summary>
    public static string? SubjectProperty(EventKind kind) => kind switch
    {
        EventKind.PageViewed => "path",
        EventKind.Searched => "query",
        EventKind.ListViewed or EventKind.ListClicked or EventKind.RecommendationShown => "list_id",
        EventKind.CouponApplied or EventKind.CouponDenied => "coupon_id",
        EventKind.AdClicked => "campaign",
        EventKind.MessageOpened or EventKind.MessageClicked => "campaign_name",
        EventKind.CheckoutStep => "step",
        EventKind.PaymentFailed => "payment_method",
        EventKind.OrderCompleted => "coupon",
        EventKind.ServiceMessage => "from",
        EventKind.SocialMention => "network",
        EventKind.LoggedIn => "method",
        EventKind.OfferShown => "offer_id",
        _ => null,
    };
}
