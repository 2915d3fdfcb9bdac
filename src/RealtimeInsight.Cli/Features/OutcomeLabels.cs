using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Features;

/// <summary>
/// What came after each event, as labels: 1 yes, 0 no, <see cref="Masked"/> where nobody can know, because the data ends before the
/// horizon does, or where the question makes no sense. Events of one person at the same moment, such as the lines of an order, are
/// labelled once, at the last of them. Uses the future and nothing else; features use the past and nothing else.
/// </summary>
public static class OutcomeLabels
{
    public const sbyte Masked = -1;
    public const int Heads = 3;
    public const int Churn = 0;
    public const int Abandonment = 1;
    public const int Purchase = 2;

    /// <summary>Churned: no new session begins within this time after the event.</summary>
    public static readonly TimeSpan ChurnHorizon = OutcomeRules.ChurnHorizon;

    /// <summary>Abandoned: a cart is open after the event, and no order follows within this time.</summary>
    public static readonly TimeSpan AbandonmentHorizon = OutcomeRules.AbandonmentHorizon;

    /// <summary>Bought: an order other than the event's own follows within this time.</summary>
    public static readonly TimeSpan PurchaseHorizon = OutcomeRules.PurchaseHorizon;

    /// <summary>The next product is looked for this far ahead.</summary>
    public static readonly TimeSpan NextItemHorizon = TimeSpan.FromHours(24);

    /// <param name="rows">In event-time order.</param>
    /// <param name="persons">Persons are 0 to this, exclusive.</param>
    /// <param name="end">End of the data.</param>
    /// <param name="sessionGap">Inactivity after which activity begins a new session.</param>
    /// <param name="labels"><see cref="Heads"/> values a row.</param>
    /// <param name="nextItems">Bucket of the next other product viewed or added, 0 where there is none.</param>
    public static void Write(
        ReadOnlySpan<HistoryRow> rows,
        int persons,
        Instant end,
        TimeSpan sessionGap,
        Outcomes known,
        Span<sbyte> labels,
        Span<short> nextItems)
    {
        var begins = SessionBegins(rows, persons, sessionGap);
        var futures = new Future[persons];
        for (var i = rows.Length - 1; i >= 0; i--)
        {
            ref readonly var row = ref rows[i];
            ref var future = ref futures[row.Person];
            var three = labels.Slice(i * Heads, Heads);
            if (future.IsSameMoment(row.At))
            {
                three.Fill(Masked);
                nextItems[i] = 0;
                future.Add(row, isSessionBegin: begins[i]);
                continue;
            }

            var hasOrder = OutcomeRules.Within(future.OrderAfter(row.OrderHash), row.At, PurchaseHorizon);
            three[Churn] = Label(Outcomes.Churn, ChurnHorizon, row.At, !OutcomeRules.Within(future.SessionAt, row.At, ChurnHorizon));
            three[Abandonment] = row.IsCartOpen ? Label(Outcomes.Abandonment, AbandonmentHorizon, row.At, !hasOrder) : Masked;
            three[Purchase] = Label(Outcomes.Purchase, PurchaseHorizon, row.At, hasOrder);
            nextItems[i] = known.HasFlag(Outcomes.NextItem) ? future.ItemAfter(row.ItemBucket, row.At) : (short)0;
            future.Add(row, isSessionBegin: begins[i]);
        }

        sbyte Label(Outcomes asked, TimeSpan horizon, Instant at, bool isTrue)
        {
            if (!known.HasFlag(asked) || at + horizon > end) return Masked;
            return isTrue ? (sbyte)1 : (sbyte)0;
        }
    }

    private static bool[] SessionBegins(ReadOnlySpan<HistoryRow> rows, int persons, TimeSpan sessionGap)
    {
        var begins = new bool[rows.Length];
        var last = new Instant[persons];
        for (var i = 0; i < rows.Length; i++)
        {
            if (!EventKinds.IsActivity(rows[i].Kind)) continue;
            ref var lastAt = ref last[rows[i].Person];
            begins[i] = !lastAt.HasValue || rows[i].At - lastAt >= sessionGap;
            lastAt = rows[i].At;
        }

        return begins;
    }

    /// <summary>What a person does next, seen from the row that is being labelled; kept while going backwards.</summary>
    private struct Future
    {
        private Instant _at;

        // Next order, and the next one that is not the same: the lines of one order may come one event at a time.
        private Instant _orderAt;
        private ulong _orderHash;
        private Instant _otherOrderAt;

        // Next product, and the next other one.
        private Instant _itemAt;
        private short _item;
        private Instant _otherItemAt;
        private short _otherItem;

        public Instant SessionAt { get; private set; }

        /// <summary>Whether the row behind this one is of the same moment.</summary>
        public readonly bool IsSameMoment(Instant at) => _at.HasValue && _at == at;

        public readonly Instant OrderAfter(ulong ownHash) => OutcomeRules.IsOtherOrder(ownHash, _orderHash) ? _orderAt : _otherOrderAt;

        public readonly short ItemAfter(short own, Instant at)
        {
            var (itemAt, item) = own != 0 && own == _item ? (_otherItemAt, _otherItem) : (_itemAt, _item);
            return item != 0 && itemAt <= at + NextItemHorizon ? item : (short)0;
        }

        public void Add(in HistoryRow row, bool isSessionBegin)
        {
            _at = row.At;
            if (isSessionBegin) SessionAt = row.At;
            if (row.Kind == EventKind.OrderCompleted)
            {
                if (row.OrderHash == 0 || row.OrderHash != _orderHash) _otherOrderAt = _orderAt;
                _orderHash = row.OrderHash;
                _orderAt = row.At;
            }
            else if (row.Kind is EventKind.ProductViewed or EventKind.CartAdded && row.ItemBucket != 0)
            {
                if (row.ItemBucket != _item) (_otherItemAt, _otherItem) = (_itemAt, _item);
                (_itemAt, _item) = (row.At, row.ItemBucket);
            }
        }
    }
}
