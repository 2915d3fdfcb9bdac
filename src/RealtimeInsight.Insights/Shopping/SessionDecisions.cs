using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Shopping;

/// <summary>
/// Walks through a shop's events in time order and stops at the moments of decision: each case holds what was known then, across
/// all sessions, and whether its own session goes on to a transaction.
/// </summary>
public sealed class SessionDecisions
{
    /// <summary>Events of a session after which a purchase is predicted.</summary>
    public const int EventsBeforePurchaseDecision = 3;

    private const double RatePriorCases = 5;
    private const double SecondsPerHour = 3600;

    private readonly Dictionary<string, Tally> _visitors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tally> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tally> _categories = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Visitor, string Item), Tally> _pairs = [];
    private readonly Dictionary<string, List<ShopEvent>> _sessions = new(StringComparer.Ordinal);
    private readonly Tally _all = new();

    /// <summary>One moment of decision.</summary>
    public sealed record Decision(string Session, double Seconds, LabelledCase Case);

    /// <summary>Column of the views in the session so far.</summary>
    public static int SessionViewsColumn => 1;

    /// <summary>Column of the share of carts with the item that were bought before.</summary>
    public static int ItemRateColumn => 13;

    /// <summary>Right after the first cart event of each session that has not bought: abandoned when no transaction follows.</summary>
    public static List<Decision> Abandonment(IEnumerable<ShopEvent> events) => new SessionDecisions().Walk(
        events,
        (session, happened) => happened.Kind == ShopEventKind.AddToCart
            && session.Count(earlier => earlier.Kind == ShopEventKind.AddToCart) == 1
            && !session.Any(earlier => earlier.Kind == ShopEventKind.Transaction),
        isPositiveWithoutTransaction: true);

    /// <summary>Right after the third event of each session that has not bought: positive when a transaction follows.</summary>
    public static List<Decision> Purchase(IEnumerable<ShopEvent> events) => new SessionDecisions().Walk(
        events,
        (session, _) => session.Count == EventsBeforePurchaseDecision
            && !session.Any(earlier => earlier.Kind == ShopEventKind.Transaction),
        isPositiveWithoutTransaction: false);

    private List<Decision> Walk(
        IEnumerable<ShopEvent> events, Func<List<ShopEvent>, ShopEvent, bool> isDecision, bool isPositiveWithoutTransaction)
    {
        var open = new List<(string Session, double Seconds, double[] Features, int Length, int Group)>();
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var happened in events.OrderBy(happened => happened.Seconds))
        {
            var session = Of(_sessions, happened.Session);
            session.Add(happened);
            if (isDecision(session, happened))
            {
                if (!groups.TryGetValue(happened.Visitor, out var group)) groups.Add(happened.Visitor, group = groups.Count);
                open.Add((happened.Session, happened.Seconds, Features(session, happened), session.Count, group));
            }

            Count(happened);
        }

        return
        [
            .. open.Select(decision =>
            {
                var bought = _sessions[decision.Session].Skip(decision.Length).Any(later => later.Kind == ShopEventKind.Transaction);
                return new Decision(
                    decision.Session,
                    decision.Seconds,
                    new LabelledCase(decision.Features, bought != isPositiveWithoutTransaction, decision.Group));
            }),
        ];
    }

    private void Count(ShopEvent happened)
    {
        Of(_visitors, happened.Visitor).Add(happened);
        Of(_items, happened.Item).Add(happened);
        Of(_categories, happened.Category).Add(happened);
        Of(_pairs, (happened.Visitor, happened.Item)).Add(happened);
        _all.Add(happened);
    }

    /// <summary>The tallies do not hold the deciding event yet; the session does.</summary>
    private double[] Features(List<ShopEvent> session, ShopEvent now)
    {
        var visitor = Of(_visitors, now.Visitor);
        var item = Of(_items, now.Item);
        var category = Of(_categories, now.Category);
        var pair = Of(_pairs, (now.Visitor, now.Item));
        var hour = now.Seconds / SecondsPerHour % 24;
        var perCart = (_all.Transactions + 1) / (_all.Carts + 2);
        var perView = (_all.Transactions + 1) / (_all.Views + 100);
        var inSession = session.Count(earlier => earlier.Item == now.Item && earlier.Kind == ShopEventKind.View);
        return
        [
            now.Seconds - session[0].Seconds,
            session.Count(earlier => earlier.Kind == ShopEventKind.View),
            session.Select(earlier => earlier.Item).Distinct().Count(),
            session.Select(earlier => earlier.Category).Distinct().Count(),
            session.Count > 1 ? now.Seconds - session[^2].Seconds : double.NaN,
            Math.Sin(hour * Math.PI / 12), Math.Cos(hour * Math.PI / 12),
            inSession,
            session.Count > 1 && session[^2].Item == now.Item ? 1 : 0,
            visitor.Sessions - (visitor.LastSession == now.Session ? 1 : 0),
            visitor.Carts, visitor.Transactions,
            Rate(visitor.Transactions, visitor.Carts, perCart),
            Rate(item.Transactions, item.Carts, perCart),
            item.Views, item.Carts, item.Transactions,
            Rate(item.Carts, item.Views, perView * 3),
            Rate(item.Transactions, item.Views, perView),
            Rate(category.Transactions, category.Carts, perCart),
            Rate(category.Transactions, category.Views, perView),
            category.Views,
            pair.Views - inSession, pair.Carts, pair.Transactions,
            (now.Seconds - session[0].Seconds) / session.Count,
            now.Kind == ShopEventKind.AddToCart ? 1 : 0,
            session.Count(earlier => earlier.Kind == ShopEventKind.AddToCart),
            now.Seconds - item.LastSeconds,
            visitor.Views,
        ];
    }

    private static double Rate(double part, double whole, double prior) => (part + (RatePriorCases * prior)) / (whole + RatePriorCases);

    private static T Of<TKey, T>(Dictionary<TKey, T> all, TKey key)
        where TKey : notnull
        where T : new()
    {
        if (!all.TryGetValue(key, out var value)) all.Add(key, value = new T());
        return value;
    }
}
