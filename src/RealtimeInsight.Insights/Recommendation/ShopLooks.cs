using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Insights.Recommendation;

/// <summary>
/// Sessions of looks from a shop's events, as the engine sees them: what customers look at or put into the cart, the same item twice in a
/// row once, until a pause. Events come in any customer's order of time.
/// </summary>
public sealed class ShopLooks(TimeSpan sessionGap)
{
    private readonly Dictionary<CustomerId, Open> _open = [];
    private readonly List<Click> _clicks = [];
    private int _sessions;

    /// <summary>The looks so far, of all sessions.</summary>
    public IReadOnlyList<Click> Clicks => _clicks;

    public void Add(CustomerEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var isLook = item.Kind is EventKind.ProductViewed or EventKind.CartAdded && item.Products.Count > 0
            && !string.IsNullOrEmpty(item.Products[0].ProductId);
        var isKnown = _open.TryGetValue(item.Customer, out var open);
        var at = item.OccurredAt.UnixMs / 1000.0;
        if (!isKnown || at - open.LastAt > sessionGap.TotalSeconds) open = new Open(++_sessions, at, "", 0);
        open = open with { LastAt = Math.Max(at, open.LastAt) };
        if (isLook)
        {
            var product = item.Products[0];
            if (open.Item != product.ProductId && open.Looks < NextItemFile.LooksMax)
            {
                var session = open.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
                _clicks.Add(new Click(session, product.ProductId, product.Category ?? "", at));
                open = open with { Item = product.ProductId, Looks = open.Looks + 1 };
            }
        }

        _open[item.Customer] = open;
    }

    private readonly record struct Open(int Number, double LastAt, string Item, int Looks);
}
