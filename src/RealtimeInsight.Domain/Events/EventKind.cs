namespace RealtimeInsight.Domain.Events;

/// <summary>The closed set of canonical events. Numbers are stored and fed to models: never renumber or reuse one.</summary>
public enum EventKind : byte
{
    /// <summary>An event with a name this version does not know; kept under its name and counted.</summary>
    Custom = 0,
    PageViewed = 1,
    ListViewed = 2,
    ListClicked = 3,
    Searched = 4,
    ProductViewed = 5,
    CartAdded = 6,
    CartRemoved = 7,
    CartViewed = 8,
    CheckoutStarted = 9,
    CheckoutStep = 10,
    PaymentFailed = 11,
    OrderCompleted = 12,
    OrderCancelled = 13,
    OrderRefunded = 14,
    CouponApplied = 15,
    CouponDenied = 16,
    ReviewPosted = 17,
    /// <summary>A message in a customer-service dialogue, from either side.</summary>
    ServiceMessage = 18,
    SocialMention = 19,
    AdClicked = 20,
    MessageOpened = 21,
    MessageClicked = 22,
    /// <summary>Traits were sent, or a visitor became known.</summary>
    Identified = 23,
    ConsentChanged = 24,
    LoggedIn = 25,
    WishlistAdded = 26,
    WishlistRemoved = 27,
    RecommendationShown = 28,
    OfferShown = 29,
}
