using RealtimeInsight.Cli.Features;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Tests.Training;

public sealed class OutcomeLabelsTests
{
    private const sbyte Yes = 1;
    private const sbyte No = 0;
    private const sbyte Masked = OutcomeLabels.Masked;

    private static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private static readonly Instant FarEnd = Start + TimeSpan.FromDays(365);

    [Fact]
    public void Churn_NextSessionWithinThirtyDays_IsNotChurned()
    {
        var labels = Label(FarEnd, View(0, 1), View(Minutes(10), 2), View(Days(29), 3), View(Days(29) + Days(31), 4));

        Assert.Equal([No, No, Yes, Yes], labels.Of(OutcomeLabels.Churn));
    }

    [Fact]
    public void Churn_MoreOfTheSameSession_IsNoReturn()
    {
        var labels = Label(FarEnd, View(0, 1), View(Minutes(29), 2), View(Minutes(58), 3));

        Assert.Equal([Yes, Yes, Yes], labels.Of(OutcomeLabels.Churn));
    }

    [Fact]
    public void Churn_AMessageOpened_IsNoReturn()
    {
        var labels = Label(FarEnd, View(0, 1), Row(EventKind.MessageOpened, Days(3)));

        Assert.Equal([Yes, Yes], labels.Of(OutcomeLabels.Churn));
    }

    [Fact]
    public void Churn_HorizonPastTheEnd_IsMasked()
    {
        var labels = Label(Start + TimeSpan.FromDays(40), View(0, 1), View(Days(5), 2), View(Days(11), 3));

        Assert.Equal([No, No, Masked], labels.Of(OutcomeLabels.Churn));
    }

    [Fact]
    public void Abandonment_OnlyWhileACartIsOpen_IsLabelled()
    {
        var labels = Label(
            FarEnd,
            View(0, 1),
            Row(EventKind.CartAdded, Minutes(1), item: 1, isCartOpen: true),
            Row(EventKind.OrderCompleted, Hours(20), item: 1, order: 7),
            Row(EventKind.CartAdded, Days(10), item: 2, isCartOpen: true),
            Row(EventKind.OrderCompleted, Days(10) + Hours(25), item: 2, order: 8));

        Assert.Equal([Masked, No, Masked, Yes, Masked], labels.Of(OutcomeLabels.Abandonment));
    }

    [Fact]
    public void Purchase_OrderWithinADay_IsBought()
    {
        var labels = Label(FarEnd, View(0, 1), View(Hours(2), 2), Order(Hours(25), 7), View(Days(9), 1));

        Assert.Equal([No, Yes, No, No], labels.Of(OutcomeLabels.Purchase));
    }

    [Fact]
    public void Purchase_AnotherLineOfTheOwnOrder_IsNoNewPurchase()
    {
        var labels = Label(
            FarEnd,
            Row(EventKind.OrderCompleted, 0, item: 1, order: 7),
            Row(EventKind.OrderCompleted, Minutes(1), item: 2, order: 7),
            Row(EventKind.OrderCompleted, Hours(5), item: 3, order: 8));

        Assert.Equal([Yes, Yes, No], labels.Of(OutcomeLabels.Purchase));
        Assert.Equal([No, No], Label(FarEnd, Order(0, 7), Order(Minutes(1), 7)).Of(OutcomeLabels.Purchase));
    }

    [Fact]
    public void Moment_OfSeveralEvents_IsLabelledOnceAtItsLast()
    {
        var labels = Label(FarEnd, Order(0, 7), Order(0, 7), Order(0, 7), Order(Minutes(20), 8));

        Assert.Equal([Masked, Masked, Yes, No], labels.Of(OutcomeLabels.Purchase));
        Assert.Equal([Masked, Masked, Yes, Yes], labels.Of(OutcomeLabels.Churn));
    }

    [Fact]
    public void NextItem_IsTheNextOtherProductOfTheSamePerson()
    {
        var labels = Label(
            FarEnd,
            View(0, 1),
            View(Minutes(1), 1),
            View(Minutes(2), 9, person: 1),
            Row(EventKind.ListClicked, Minutes(3), item: 5),
            View(Minutes(4), 2),
            View(Hours(30), 3));

        Assert.Equal([2, 2, 0, 2, 0, 0], labels.NextItems);
    }

    [Fact]
    public void Outcomes_TheSourceCannotTell_AreMasked()
    {
        var labels = Label(FarEnd, Outcomes.NextItem, View(0, 1), Row(EventKind.CartAdded, Minutes(1), item: 2, isCartOpen: true));

        Assert.All(labels.Values, value => Assert.Equal(Masked, value));
        Assert.Equal([2, 0], labels.NextItems);
    }

    private static HistoryRow Order(long afterMs, ulong order) => Row(EventKind.OrderCompleted, afterMs, item: 1, order: order);

    private static HistoryRow View(long afterMs, short item, int person = 0) => Row(EventKind.ProductViewed, afterMs, item, person: person);

    private static HistoryRow Row(
        EventKind kind, long afterMs, short item = 0, ulong order = 0, bool isCartOpen = false, int person = 0) =>
        new(new Instant(Start.UnixMs + afterMs), kind, person, item, order, isCartOpen);

    private static Labels Label(Instant end, params HistoryRow[] rows) => Label(end, Outcomes.All, rows);

    private static Labels Label(Instant end, Outcomes known, params HistoryRow[] rows)
    {
        var values = new sbyte[rows.Length * OutcomeLabels.Heads];
        var nextItems = new short[rows.Length];
        OutcomeLabels.Write(rows, persons: 2, end, TimeSpan.FromMinutes(30), known, values, nextItems);
        return new Labels(values, nextItems);
    }

    private static long Minutes(long count) => count * 60_000;

    private static long Hours(long count) => Minutes(60 * count);

    private static long Days(long count) => Hours(24 * count);

    private sealed record Labels(sbyte[] Values, short[] NextItems)
    {
        public IEnumerable<sbyte> Of(int head) => Values.Chunk(OutcomeLabels.Heads).Select(three => three[head]);
    }
}
