using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Identity;

/// <summary>
/// Joins two customers by their states, for histories too long to be folded as one. Counts, sums, rates and the last events are those of
/// the union; sessions, carts and decisions are taken as if the history that was quiet first had ended before the other began, and order
/// gaps are approximate.
/// </summary>
public static class StateJoin
{
    /// <param name="id">The customer that goes on.</param>
    public static CustomerState Join(CustomerId id, CustomerState left, CustomerState right, CustomerOptions options)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(options);
        var (older, newer) = left.LastActivityAt <= right.LastActivityAt ? (left, right) : (right, left);
        var state = new CustomerState(id)
        {
            FirstSeen = Earliest(older.FirstSeen, newer.FirstSeen),
            LastSeen = Instant.Max(older.LastSeen, newer.LastSeen),
            LastActivityAt = newer.LastActivityAt,
            LastDeadlineAt = Instant.Max(older.LastDeadlineAt, newer.LastDeadlineAt),
            EventCount = older.EventCount + newer.EventCount,
            DormancyLevel = newer.DormancyLevel,
            CartCount = older.CartCount + newer.CartCount,
            LastRating = newer.LastRating != 0f ? newer.LastRating : older.LastRating,
            Texts = TextHistory.Join(older.Texts, newer.Texts),
            Person = People(older.Person, newer.Person),
        };
        for (var kind = 0; kind < EventKinds.Count; kind++) state.KindCounts[kind] = older.KindCounts[kind] + newer.KindCounts[kind];
        JoinRates(state, older, newer);
        JoinRecent(state, older, newer, options);
        JoinIds(state, older, newer, options);
        Add(ref state.CategoriesField, older.CategoriesField, newer.CategoriesField, CustomerState.CategoriesMax);
        Add(ref state.BrandsField, older.BrandsField, newer.BrandsField, CustomerState.BrandsMax);
        JoinOrders(state, older, newer);
        state.SessionField = newer.SessionField;
        state.SessionField.Number += older.SessionField.Number;
        JoinCarts(state, older, newer);
        state.Ledger = DecisionLedger.Of((older.Ledger?.Entries ?? []).Concat((newer.Ledger?.Entries ?? [])
            .Select(entry => entry.About(Episodes.Later(entry.Episode, older.CartCount, older.SessionField.Number)))));
        newer.Recurrent.CopyTo(state.Recurrent);
        state.SetScores(newer.Scores, 0, newer.ScoredAt);
        return state;
    }

    private static void JoinRates(CustomerState state, CustomerState older, CustomerState newer)
    {
        var asOf = Instant.Max(older.RatesField.AsOf, newer.RatesField.AsOf);
        Span<float> one = stackalloc float[DecayedRates.Length];
        Span<float> other = stackalloc float[DecayedRates.Length];
        older.ReadRates(asOf, one);
        newer.ReadRates(asOf, other);
        var sum = state.RatesField.Raw;
        for (var i = 0; i < sum.Length; i++) sum[i] = one[i] + other[i];
        state.RatesField.Restore(asOf);
    }

    private static void JoinRecent(CustomerState state, CustomerState older, CustomerState newer, CustomerOptions options)
    {
        RecentEvent[] both = [.. older.Recent.ToArray(), .. newer.Recent.ToArray()];
        state.RecentField.Restore([.. both.OrderBy(static item => item.At.UnixMs).TakeLast(options.LastEventsMax)]);
    }

    private static void JoinIds(CustomerState state, CustomerState older, CustomerState newer, CustomerOptions options)
    {
        var hashes = new ulong[older.IdsField.Count + newer.IdsField.Count];
        var count = older.IdsField.CopyNewest(hashes.AsSpan(0, older.IdsField.Count));
        _ = newer.IdsField.CopyNewest(hashes.AsSpan(count));
        var droppedUpTo = Instant.Max(older.IdsField.DroppedUpTo, newer.IdsField.DroppedUpTo);
        if (hashes.Length > options.EventIdsMax) droppedUpTo = state.LastSeen;
        state.IdsField.Restore(hashes[Math.Max(0, hashes.Length - options.EventIdsMax)..], droppedUpTo);
    }

    private static void Add(ref AffinityList sum, in AffinityList older, in AffinityList newer, int entriesMax)
    {
        var isInOrder = older.AsOf <= newer.AsOf;
        var (first, second) = isInOrder ? (older, newer) : (newer, older);
        sum.Restore(first.AsOf, first.Entries.ToArray());
        foreach (var entry in second.Entries) sum.Add(entry.Name, entry.Label, entry.Weight, second.AsOf, entriesMax);
    }

    private static void JoinOrders(CustomerState state, CustomerState older, CustomerState newer)
    {
        ref var sum = ref state.OrdersField;
        ref readonly var one = ref older.Orders;
        ref readonly var other = ref newer.Orders;
        sum.Orders = one.Orders + other.Orders;
        sum.Cancelled = one.Cancelled + other.Cancelled;
        sum.Refunded = one.Refunded + other.Refunded;
        sum.OtherCurrency = one.OtherCurrency + other.OtherCurrency;
        sum.AddMoney(one.MonetaryValue, one.Currency);
        sum.AddMoney(other.MonetaryValue, other.Currency);
        sum.FirstOrderAt = Earliest(one.FirstOrderAt, other.FirstOrderAt);
        sum.LastOrderAt = Instant.Max(one.LastOrderAt, other.LastOrderAt);
        if (sum.Orders > 1) sum.GapMeanSeconds = (sum.LastOrderAt - sum.FirstOrderAt).TotalSeconds / (sum.Orders - 1);
        sum.GapM2 = one.GapM2 + other.GapM2;
        var known = (other.KnownOrders ?? []).Concat(one.KnownOrders ?? []).Where(static hash => hash != 0).Take(4).ToArray();
        if (known.Length == 0) return;
        Array.Resize(ref known, 4);
        sum.KnownOrders = known;
    }

    /// <summary>Open carts stay before finished ones where there are too many; the newest change is last.</summary>
    private static void JoinCarts(CustomerState state, CustomerState older, CustomerState newer)
    {
        var carts = older.Carts.Concat(newer.Carts.Select(cart => cart.Numbered(cart.Number + older.CartCount)))
            .OrderBy(static cart => CartStates.IsOpen(cart.State)).ThenBy(static cart => cart.ChangedAt.UnixMs)
            .TakeLast(CustomerState.CartsMax).OrderBy(static cart => cart.ChangedAt.UnixMs).ToList();
        if (carts.Count == 0) return;
        state.CartList = carts;
        state.NoteCarts();
    }

    private static Person? People(Person? older, Person? newer)
    {
        if (older is null || newer is null) return newer ?? older;
        var person = new Person { TimeZone = newer.TimeZone ?? older.TimeZone };
        foreach (var source in (Person[])[older, newer])
        {
            foreach (var (name, value) in source.Traits) person.SetTrait(name, value);
            foreach (var (purpose, isGranted) in source.Consents) person.SetConsent(purpose, isGranted);
            foreach (var visitor in source.Visitors) person.Link(visitor);
        }

        return person;
    }

    private static Instant Earliest(Instant one, Instant other) => !one.HasValue ? other : !other.HasValue ? one : Instant.Min(one, other);
}
