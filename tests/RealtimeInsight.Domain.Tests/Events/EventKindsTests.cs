using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Domain.Tests.Events;

/// <summary>Numbers and names that are stored or sent: a change here is a change of format.</summary>
public sealed class EventKindsTests
{
    private const string EventNames =
        "custom page_viewed list_viewed list_clicked searched product_viewed cart_added cart_removed cart_viewed checkout_started "
        + "checkout_step payment_failed order_completed order_cancelled order_refunded coupon_applied coupon_denied review_posted "
        + "service_message social_mention ad_clicked message_opened message_clicked identified consent_changed logged_in "
        + "wishlist_added wishlist_removed recommendation_shown offer_shown";

    private const string EffectNames =
        "session_started session_ended cart_opened cart_at_risk cart_resumed cart_abandoned cart_recovered cart_converted cart_emptied "
        + "dormancy_reached reactivated decision_due attribution_ended";

    [Fact]
    public void EventKinds_NumbersAndNames_StayWhatTheyAre()
    {
        Assert.Equal(EventNames.Split(' '), Numbered<EventKind>(EventKinds.Count).Select(EventKinds.WireName));
        Assert.True(EventKinds.Count <= ModelContract.KindBuckets);
    }

    [Fact]
    public void EffectKinds_NumbersAndNames_StayWhatTheyAre()
    {
        Assert.Equal(EffectNames.Split(' '), Numbered<EffectKind>(EffectKinds.Count).Select(EffectKinds.WireName));
        Assert.True(EffectKinds.Count < 32, "policies keep effects in a mask of 32 bits");
    }

    [Fact]
    public void CartStates_NumbersAndNames_StayWhatTheyAre() => Assert.Equal(
        ["none", "open", "at_risk", "abandoned", "recovered", "converted", "emptied"],
        Numbered<CartState>(CartStates.Count).Select(CartStates.WireName));

    [Fact]
    public void RateGroups_NumbersAndNames_StayWhatTheyAre() => Assert.Equal(
        ["browse", "product_view", "cart_add", "cart_remove", "checkout", "order", "trouble", "engagement"], RateGroups.Names);

    [Fact]
    public void WireName_OfAnUnknownNumber_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => EventKinds.WireName((EventKind)EventKinds.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => EffectKinds.WireName((EffectKind)EffectKinds.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => CartStates.WireName((CartState)CartStates.Count));
    }

    [Fact]
    public void IsActivity_LeavesOutWhatTheCustomerDidNotDoInTheShop() => Assert.Equal(
        [
            EventKind.OrderCancelled, EventKind.OrderRefunded, EventKind.ServiceMessage, EventKind.SocialMention, EventKind.MessageOpened,
            EventKind.Identified, EventKind.ConsentChanged, EventKind.RecommendationShown, EventKind.OfferShown,
        ],
        Enum.GetValues<EventKind>().Where(static kind => !EventKinds.IsActivity(kind)));

    private static IEnumerable<T> Numbered<T>(int count)
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        Assert.Equal(count, values.Length);
        Assert.Equal(Enumerable.Range(0, count), values.Select(static value => Convert.ToInt32(value)));
        return values;
    }
}
