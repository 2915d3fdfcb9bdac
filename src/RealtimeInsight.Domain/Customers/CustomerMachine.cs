using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Customers;

/// <summary>What to do with an event before it may be applied.</summary>
public enum Admission : byte
{
    /// <summary>Apply it.</summary>
    New = 0,

    /// <summary>Its id was applied before: drop it.</summary>
    Duplicate = 1,

    /// <summary>Older than the ids kept in the actor: the log knows whether it was applied.</summary>
    BeyondWindow = 2,

    /// <summary>New, but older than the newest event or deadline: the history has to be folded again in order.</summary>
    OutOfOrder = 3,
}

/// <summary>
/// The customer's state machine. Pure: the result depends on the state and the arguments only, so that live, replay, training and
/// simulation agree. Folding the same events in event-time order, with any advances between them, gives the same state.
/// </summary>
public sealed class CustomerMachine
{
    private const int EventIdsKeptAfterSession = 32;
    private readonly CustomerOptions _options;

    /// <exception cref="ArgumentException">The options break their limits.</exception>
    public CustomerMachine(CustomerOptions options)
    {
        var problems = CustomerOptions.Validate(options);
        if (problems.Count != 0) throw new ArgumentException(string.Join("; ", problems), nameof(options));
        _options = options;
    }

    public CustomerOptions Options => _options;

    /// <summary>Says whether the event can be applied now. Costs one hash and a scan of the kept ids.</summary>
    public Admission Admit(CustomerState state, CustomerEvent customerEvent)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(customerEvent);
        if (state.IdsField.Contains(customerEvent.Id.StableHash)) return Admission.Duplicate;
        var at = customerEvent.OccurredAt;
        if (state.IdsField.DroppedUpTo.HasValue && at <= state.IdsField.DroppedUpTo) return Admission.BeyondWindow;
        return at < state.OrderedUpTo ? Admission.OutOfOrder : Admission.New;
    }

    /// <summary>Applies an admitted event; first fires what is due at or before it. Effects go to <paramref name="effects"/>.</summary>
    /// <exception cref="ArgumentException">The event is older than <see cref="CustomerState.OrderedUpTo"/>.</exception>
    public void Apply(CustomerState state, CustomerEvent customerEvent, EffectBuffer effects)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(customerEvent);
        ArgumentNullException.ThrowIfNull(effects);
        var at = customerEvent.OccurredAt;
        if (at < state.OrderedUpTo)
        {
            throw new ArgumentException(
                $"event time {at} is before {state.OrderedUpTo}, up to which this customer is folded; fold the history again in order",
                nameof(customerEvent));
        }

        AdvanceTo(state, at, effects);
        if (!state.FirstSeen.HasValue) state.FirstSeen = at;
        state.LastSeen = at;
        state.EventCount++;
        var kind = customerEvent.Kind;
        state.KindCounts[(int)kind]++;
        state.IdsField.Add(customerEvent.Id.StableHash, at, _options.EventIdsMax);
        state.RatesField.Add(RateGroups.Of(kind), at);
        if (EventKinds.IsActivity(kind)) Touch(state, kind, at, effects);
        ApplyPerson(state, customerEvent);
        var described = Describe(customerEvent);
        ApplyAffinities(state, customerEvent, described);
        var isLaterLine = ApplyOrders(state, customerEvent);
        CartMachine.Apply(state, customerEvent, isLaterLine, _options, effects);
        state.RecentField.Add(described, _options.LastEventsMax);
    }

    /// <summary>
    /// Fires every deadline due at or before <paramref name="now"/>, each at its exact due time, in order;
    /// <see cref="Instant.Never"/> fires all there are.
    /// </summary>
    public void AdvanceTo(CustomerState state, Instant now, EffectBuffer effects)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(effects);
        while (true)
        {
            var behaviour = NextBehaviourDeadline(state);
            var due = state.Ledger is { } ledger ? Instant.Min(behaviour, ledger.NextDue()) : behaviour;
            if (due > now || due == Instant.Never) return;
            Fire(state, due, effects);

            // Decisions are no part of the history: only deadlines of behaviour order the events around them.
            if (due == behaviour) state.LastDeadlineAt = due;
        }
    }

    /// <summary>The earliest moment at which this customer changes without an event; <see cref="Instant.Never"/> when none.</summary>
    public Instant NextDeadline(CustomerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var due = NextBehaviourDeadline(state);
        return state.Ledger is { } ledger ? Instant.Min(due, ledger.NextDue()) : due;
    }

    private Instant NextBehaviourDeadline(CustomerState state) => Instant.Min(
        CartMachine.NextDeadline(state, _options), Instant.Min(SessionEnd(state), Dormancy(state)));

    private Instant SessionEnd(CustomerState state) =>
        state.SessionField.IsOpen ? state.LastActivityAt + _options.SessionGap : Instant.Never;

    private Instant Dormancy(CustomerState state) =>
        state.LastActivityAt.HasValue && state.DormancyLevel < _options.DormancyLevels.Count
            ? state.LastActivityAt + _options.DormancyLevels[state.DormancyLevel]
            : Instant.Never;

    /// <summary>Fires exactly the deadlines due at <paramref name="due"/>: carts, session, dormancy, then decisions.</summary>
    private void Fire(CustomerState state, Instant due, EffectBuffer effects)
    {
        CartMachine.Fire(state, due, _options, effects);
        if (SessionEnd(state) == due)
        {
            state.SessionField.IsOpen = false;
            state.IdsField.Trim(EventIdsKeptAfterSession, state.LastSeen);
            effects.Add(new Effect(EffectKind.SessionEnded, due, state.SessionField.Number));
        }

        if (Dormancy(state) == due)
        {
            state.DormancyLevel++;
            effects.Add(new Effect(EffectKind.DormancyReached, due, state.DormancyLevel));
        }

        if (state.Ledger is { } ledger) FireLedger(ledger, due, effects);
    }

    private static void FireLedger(DecisionLedger ledger, Instant due, EffectBuffer effects)
    {
        for (var i = 0; i < ledger.Entries.Count; i++)
        {
            var entry = ledger.Entries[i];
            if (DecisionLedger.Due(entry) != due) continue;
            if (entry.Status == DecisionStatus.Deferred)
            {
                entry.DueAt = Instant.Never;
                effects.Add(new Effect(EffectKind.DecisionDue, due, i));
            }
            else
            {
                entry.Outcome = OutcomeKind.NotRecovered;
                effects.Add(new Effect(EffectKind.AttributionEnded, due, i));
            }
        }
    }

    private static void Touch(CustomerState state, EventKind kind, Instant at, EffectBuffer effects)
    {
        ref var session = ref state.SessionField;
        if (!session.IsOpen)
        {
            session.IsOpen = true;
            session.Number++;
            session.StartedAt = at;
            session.Events = 0;
            session.ProductsViewed = 0;
            session.CartAdds = 0;
            effects.Add(new Effect(EffectKind.SessionStarted, at, session.Number));
        }

        session.Events++;
        if (kind == EventKind.ProductViewed) session.ProductsViewed++;
        if (kind == EventKind.CartAdded) session.CartAdds++;
        state.LastActivityAt = at;
        if (state.DormancyLevel > 0)
        {
            effects.Add(new Effect(EffectKind.Reactivated, at, state.DormancyLevel));
            state.DormancyLevel = 0;
        }

        CartMachine.Resume(state, at, effects);
    }

    private static void ApplyPerson(CustomerState state, CustomerEvent customerEvent)
    {
        if (customerEvent.TimeZone is { } zone && !string.Equals(zone, state.Person?.TimeZone, StringComparison.Ordinal))
        {
            state.EnsurePerson().TimeZone = zone;
        }

        if (customerEvent.Visitor is { } visitor) state.EnsurePerson().Link(visitor);
        if (customerEvent.Traits is { Count: > 0 } traits)
        {
            foreach (var (name, value) in traits) state.EnsurePerson().SetTrait(name, value);
        }

        if (customerEvent.Consents is { Count: > 0 } consents)
        {
            foreach (var (purpose, isGranted) in consents) state.EnsurePerson().SetConsent(purpose, isGranted);
        }

        if (customerEvent.Rating is { } rating) state.LastRating = (float)rating;
        if (customerEvent.Labels is { } labels) (state.Texts ??= new TextHistory()).Note(labels, customerEvent.OccurredAt);
    }

    /// <param name="described">Holds the labels of the first product already.</param>
    private static void ApplyAffinities(CustomerState state, CustomerEvent customerEvent, in RecentEvent described)
    {
        var weight = customerEvent.Kind switch
        {
            EventKind.ProductViewed or EventKind.ReviewPosted => 1f,
            EventKind.ListClicked => 0.5f,
            EventKind.CartAdded => 3f,
            EventKind.CartRemoved => -1f,
            EventKind.OrderCompleted => 5f,
            EventKind.WishlistAdded => 2f,
            EventKind.OrderRefunded => -2f,
            _ => 0f,
        };
        if (weight == 0f) return;
        for (var i = 0; i < customerEvent.Products.Count; i++)
        {
            var product = customerEvent.Products[i];
            if (product.Category is { } category)
            {
                var label = i == 0 ? described.CategoryHash : EntityHash.Label(category);
                state.CategoriesField.Add(category, label, weight, customerEvent.OccurredAt, CustomerState.CategoriesMax);
            }

            if (product.Brand is { } brand)
            {
                var label = i == 0 ? described.BrandHash : EntityHash.Label(brand);
                state.BrandsField.Add(brand, label, weight, customerEvent.OccurredAt, CustomerState.BrandsMax);
            }
        }
    }

    /// <summary>Returns true for one more event of an order that is known.</summary>
    private static bool ApplyOrders(CustomerState state, CustomerEvent customerEvent)
    {
        ref var orders = ref state.OrdersField;
        switch (customerEvent.Kind)
        {
            case EventKind.OrderCompleted:
                var hash = customerEvent.OrderId is { } orderId ? StableHash.Of(orderId) : 0UL;
                var isFirst = orders.TryCount(hash, customerEvent.OccurredAt);

                // A total stands for the whole order and counts once; lines without a total may arrive one event at a time.
                if (isFirst || customerEvent.Value is null) orders.AddMoney(customerEvent.Amount, customerEvent.Currency);
                return !isFirst;
            case EventKind.OrderCancelled:
                orders.Cancelled++;
                orders.AddMoney(-customerEvent.Amount, customerEvent.Currency);
                break;
            case EventKind.OrderRefunded:
                orders.Refunded++;
                orders.AddMoney(-customerEvent.Amount, customerEvent.Currency);
                break;
        }

        return false;
    }

    private static RecentEvent Describe(CustomerEvent customerEvent)
    {
        if (customerEvent.Products.Count == 0)
        {
            return new RecentEvent(customerEvent.Kind, customerEvent.OccurredAt, 0, 0, 0, (float)(customerEvent.Value ?? 0m), 0);
        }

        var first = customerEvent.Products[0];
        var quantity = 0L;
        for (var i = 0; i < customerEvent.Products.Count; i++) quantity += customerEvent.Products[i].Quantity;
        return new RecentEvent(
            customerEvent.Kind,
            customerEvent.OccurredAt,
            EntityHash.Item(first.ProductId),
            EntityHash.Label(first.Category),
            EntityHash.Label(first.Brand),
            (float)customerEvent.Amount,
            (ushort)Math.Min(quantity, ushort.MaxValue));
    }
}
