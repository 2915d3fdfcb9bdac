using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Learning;

/// <summary>
/// Judges a trained order while it serves: before a customer's next item its list is made, and that of live items alone, and both are held
/// against the item that comes. Which looks are judged is a matter of when they come: at most so many a second. One thread judges, any
/// reads.
/// </summary>
internal sealed class OrderJudge
{
    private readonly Lock _gate = new();
    private readonly LiveItems _items;
    private readonly TimeProvider _time;
    private readonly TimeSpan? _pause;
    private OrderFigures _figures;
    private long? _judgedAt;

    public OrderJudge(LiveItems items, int perSecond, TimeProvider time)
    {
        (_items, _time) = (items, time);
        _pause = perSecond == 0 ? null : TimeSpan.FromSeconds(1.0 / perSecond);
    }

    public OrderFigures Figures
    {
        get
        {
            lock (_gate) return _figures;
        }
    }

    public void Reset()
    {
        lock (_gate) _figures = default;
    }

    /// <summary>A customer looks at an item, which nothing has been learned from yet.</summary>
    public void Judge(IItemOrder order, string product, ReadOnlySpan<uint> before, Instant newestAt, Instant earlierAt)
    {
        if (_pause is not { } pause) return;
        if (_judgedAt is { } last && _time.GetElapsedTime(last) < pause) return;
        _judgedAt = _time.GetTimestamp();
        var trained = RankIn(order.Recommend(before, newestAt, earlierAt, _items, LiveItems.Depth), product);
        var live = RankIn(_items.Recommend(before, LiveItems.Depth), product);
        lock (_gate) _figures = new OrderFigures(_figures.Trained.With(trained), _figures.LiveAlone.With(live));
    }

    private static int RankIn(IReadOnlyList<LiveRecommendation> list, string product)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Item == product) return i + 1;
        }

        return 0;
    }
}

/// <param name="Trained">Lists of the trained order, in which live items have their share.</param>
/// <param name="LiveAlone">Lists of live items, before the same looks.</param>
public readonly record struct OrderFigures(NextItemFigures Trained, NextItemFigures LiveAlone);
