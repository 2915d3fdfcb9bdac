using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Domain.Profiles;

/// <summary>Groups of event kinds whose rates are kept. Numbers are stored and are model features: never renumber.</summary>
public enum RateGroup : byte
{
    Browse = 0,
    ProductView = 1,
    CartAdd = 2,
    CartRemove = 3,
    Checkout = 4,
    Order = 5,
    Trouble = 6,
    Engagement = 7,
}

/// <summary>The group of each kind, and the groups' wire names.</summary>
public static class RateGroups
{
    public const int Count = 8;

    public static IReadOnlyList<string> Names { get; } =
        ["browse", "product_view", "cart_add", "cart_remove", "checkout", "order", "trouble", "engagement"];

    public static RateGroup Of(EventKind kind) => kind switch
    {
        EventKind.ProductViewed => RateGroup.ProductView,
        EventKind.CartAdded => RateGroup.CartAdd,
        EventKind.CartRemoved => RateGroup.CartRemove,
        EventKind.CartViewed or EventKind.CheckoutStarted or EventKind.CheckoutStep => RateGroup.Checkout,
        EventKind.OrderCompleted => RateGroup.Order,
        EventKind.PaymentFailed or EventKind.OrderCancelled or EventKind.OrderRefunded or EventKind.CouponDenied
            or EventKind.ServiceMessage => RateGroup.Trouble,
        EventKind.CouponApplied or EventKind.ReviewPosted or EventKind.SocialMention or EventKind.AdClicked or EventKind.MessageOpened
            or EventKind.MessageClicked or EventKind.LoggedIn or EventKind.WishlistAdded or EventKind.WishlistRemoved
            => RateGroup.Engagement,
        _ => RateGroup.Browse,
    };
}
