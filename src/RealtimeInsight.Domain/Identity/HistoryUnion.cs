using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Identity;

/// <summary>One event of two histories; <paramref name="IsTaken"/> for the one that is taken in.</summary>
public readonly record struct UnionEvent(CustomerEvent Event, bool IsTaken);

/// <summary>
/// Two histories folded side by side: as one customer, and each on its own. Tells which cart and session of one is which of the other,
/// so that decisions about carts and sessions keep naming the right ones when histories are joined or parted.
/// </summary>
public sealed class HistoryUnion
{
    private readonly Dictionary<string, string> _ownToUnion = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _takenToUnion = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unionToOwn = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unionToTaken = new(StringComparer.Ordinal);
    private readonly List<Effect> _recoveries = [];
    private readonly List<(Instant At, decimal Value)> _orders = [];

    private HistoryUnion(CustomerId id, CustomerId taken) =>
        (State, Own, Taken) = (new CustomerState(id), new CustomerState(id), new CustomerState(taken));

    /// <summary>The state that both histories give together.</summary>
    public CustomerState State { get; }

    /// <summary>The state that the one history gives by itself.</summary>
    public CustomerState Own { get; }

    /// <summary>The state that the history that is taken in gives by itself.</summary>
    public CustomerState Taken { get; }

    /// <summary>Folds the events, which are in order of time, each id once (see <see cref="Sort"/>).</summary>
    /// <param name="id">The customer whose events they are from now on.</param>
    /// <param name="taken">The customer of <see cref="Taken"/>; null: the same.</param>
    public static HistoryUnion Fold(CustomerMachine machine, CustomerId id, IReadOnlyList<UnionEvent> events, CustomerId? taken = null)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(events);
        var union = new HistoryUnion(id, taken ?? id);
        var (effects, sideEffects) = (new EffectBuffer(), new EffectBuffer());
        foreach (var (item, isTaken) in events)
        {
            effects.Clear();
            machine.Apply(union.State, item, effects);
            union.Note(item, effects);
            sideEffects.Clear();
            machine.Apply(isTaken ? union.Taken : union.Own, item, sideEffects);
            if (isTaken) union.Match(sideEffects, union._takenToUnion, union._unionToTaken);
            else union.Match(sideEffects, union._ownToUnion, union._unionToOwn);
        }

        return union;
    }

    /// <summary>In order of event time, then of arrival; an event id that is there twice counts once, the first.</summary>
    public static List<UnionEvent> Sort(IEnumerable<(UnionEvent Item, long Arrival)> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var known = new HashSet<ulong>();
        return
        [
            .. events.OrderBy(static one => one.Item.Event.OccurredAt.UnixMs).ThenBy(static one => one.Arrival)
                .Where(one => known.Add(one.Item.Event.Id.StableHash)).Select(static one => one.Item),
        ];
    }

    /// <summary>
    /// Both ledgers as one of the union, in order of time; no decision is lost that caps, deferral or an outcome still need.
    /// </summary>
    public DecisionLedger? Join(DecisionLedger? own, DecisionLedger? taken) => DecisionLedger.Of(
        Entries(own, _ownToUnion).Concat(Entries(taken, _takenToUnion)));

    /// <summary>
    /// Shares the union's ledger out again. A decision goes with its cart or session; one of both sides, or of neither, goes back to the
    /// history that it came with.
    /// </summary>
    /// <param name="brought">The ledger that came with the taken history; null when it had none.</param>
    public (DecisionLedger? Own, DecisionLedger? Taken) Part(DecisionLedger? joined, DecisionLedger? brought)
    {
        var (own, taken) = (new List<LedgerEntry>(), new List<LedgerEntry>());
        foreach (var entry in joined?.Entries ?? [])
        {
            var isOwn = _unionToOwn.TryGetValue(entry.Episode, out var ownEpisode);
            var isTaken = _unionToTaken.TryGetValue(entry.Episode, out var takenEpisode);
            if (isOwn == isTaken) isTaken = brought?.Find(entry.DecisionId) is not null;
            if (isTaken) taken.Add(entry.About(takenEpisode ?? entry.Episode));
            else own.Add(entry.About(ownEpisode ?? entry.Episode));
        }

        return (DecisionLedger.Of(own), DecisionLedger.Of(taken));
    }

    /// <summary>
    /// What the union says of decisions whose outcome neither history knew: an order by the one customer after a treatment of the other.
    /// </summary>
    public void Settle(DecisionLedger ledger, List<DecisionOutcome> outcomes)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(outcomes);
        foreach (var entry in ledger.Entries)
        {
            if (entry.Outcome != OutcomeKind.Open || !entry.AttributionEndsAt.HasValue) continue;
            if (RecoveryOf(entry) is not { } recovery || recovery.At > entry.AttributionEndsAt) continue;
            entry.Outcome = OutcomeKind.Recovered;
            outcomes.Add(new DecisionOutcome(entry.DecisionId, State.Id, OutcomeKind.Recovered, recovery.At, recovery.Value)
            {
                Given = entry.Given,
            });
        }
    }

    private (Instant At, decimal Value)? RecoveryOf(LedgerEntry entry)
    {
        foreach (var effect in _recoveries)
        {
            if (effect.At > entry.DecidedAt && Episodes.IsRecovery(entry.Episode, effect)) return (effect.At, effect.Value);
        }

        if (Episodes.IsCart(entry.Episode)) return null;
        foreach (var order in _orders)
        {
            if (order.At > entry.DecidedAt) return order;
        }

        return null;
    }

    private void Note(CustomerEvent item, EffectBuffer effects)
    {
        foreach (ref readonly var effect in effects.Span)
        {
            if (effect.Kind is EffectKind.CartConverted or EffectKind.Reactivated) _recoveries.Add(effect);
        }

        if (item.Kind == EventKind.OrderCompleted) _orders.Add((item.OccurredAt, item.Amount));
    }

    /// <summary>What a side opens with an event is what the union works on with the same event.</summary>
    private void Match(EffectBuffer sideEffects, Dictionary<string, string> toUnion, Dictionary<string, string> fromUnion)
    {
        foreach (ref readonly var effect in sideEffects.Span)
        {
            if (effect.Kind == EffectKind.CartOpened && State.Cart is { } cart)
            {
                Pair(Episodes.Cart(effect.Number), Episodes.Cart(cart.Number));
            }
            else if (effect.Kind == EffectKind.SessionStarted)
            {
                Pair(Episodes.Session(effect.Number), Episodes.Session(State.Session.Number));
            }
        }

        void Pair(string side, string union)
        {
            toUnion[side] = union;
            fromUnion[union] = side;
        }
    }

    private static IEnumerable<LedgerEntry> Entries(DecisionLedger? ledger, Dictionary<string, string> toUnion) =>
        (ledger?.Entries ?? []).Select(entry => entry.About(toUnion.GetValueOrDefault(entry.Episode, entry.Episode)));
}
