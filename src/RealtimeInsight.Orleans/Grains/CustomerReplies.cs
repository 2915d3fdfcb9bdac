using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Segments;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Reads;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>What readers see of a state: copies, so that later changes do not reach them.</summary>
internal static class CustomerReplies
{
    private const int DecisionsMax = 20;

    /// <param name="model">Name of the model that made the state's scores.</param>
    /// <param name="deliveryOf">Where the action of a decision stands; null where that is not known.</param>
    public static InsightReply Insight(
        CustomerState state, DecisionMaker maker, Instant now, ModelName model, Func<string, StoredDecision?> deliveryOf)
    {
        var person = state.Person;
        return new InsightReply
        {
            CustomerId = state.Id.Value,
            AsOf = now.ToDateTimeOffset(),
            FirstSeen = state.FirstSeen.ToDateTimeOffset(),
            LastSeen = state.LastSeen.ToDateTimeOffset(),
            Events = state.EventCount,
            EventsPerKind = Kinds(state),
            Rates = Rates(state, now),
            Categories = Affinities(state.Categories),
            Brands = Affinities(state.Brands),
            Sessions = state.Session.Number,
            Session = Session(state),
            Cart = state.Cart is { } cart ? Cart(cart) : null,
            Scores = Scores(state, model),
            Orders = Orders(state, now),
            Texts = state.Texts is { } texts ? Texts(texts) : null,
            Segments = [.. SegmentRules.Of(state, now)],
            Traits = person is null ? [] : new Dictionary<string, string>(person.Traits),
            Consents = person is null ? [] : new Dictionary<string, bool>(person.Consents),
            LinkedVisitors = person is null ? [] : [.. person.Visitors.Select(static visitor => visitor.Value)],
            TimeZone = person?.TimeZone,
            IsHeldOut = maker.IsHeldOut(state.Id),
            LastEvents = LastEvents(state),
            LastDecisions = state.Ledger is null
                ? []
                : [.. state.Ledger.Entries.Reverse().Take(DecisionsMax).Select(entry => Decision(entry, deliveryOf(entry.DecisionId)))],
        };
    }

    private static TextsReply Texts(TextHistory texts) => new(
        texts.Newest.Sentiment, TopicNames.Of(texts.Newest.Topics), texts.NewestAt.ToDateTimeOffset(), texts.Texts, texts.Complaints,
        TopicNames.Of(texts.ComplaintTopics), texts.ComplaintAt.HasValue ? texts.ComplaintAt.ToDateTimeOffset() : null);

    /// <summary>Null without an open cart.</summary>
    public static CartRiskReply? CartRisk(CustomerState state) => state.Cart is { } cart && CartStates.IsOpen(cart.State)
        ? new CartRiskReply(
            CartStates.WireName(cart.State), cart.Value, cart.Currency, state.ScoredAt.HasValue ? state.Scores.Abandonment : null,
            state.ScoresDegraded)
        : null;

    /// <summary>Kept events, decisions, outcomes and merges, newest first.</summary>
    /// <param name="history">All events as they arrived; null where only the state's last ones are known.</param>
    public static TimelineItem[] Timeline(
        CustomerState state, List<CustomerEvent>? history, IReadOnlyList<StoredNote> notes, Func<string, StoredDecision?> deliveryOf,
        int limit)
    {
        // Of one moment: who is merged into whom comes before the event that says so, and what that brings about after it.
        var items = new List<TimelineItem>(Items(notes, isMerge: true));
        items.AddRange(history is null ? LastItems(state) : history.Select(Item));
        items.AddRange(Items(notes, isMerge: false));
        foreach (var entry in state.Ledger?.Entries ?? [])
        {
            items.Add(new TimelineItem(
                entry.DecidedAt.ToDateTimeOffset(), "decision", entry.Rule, DecisionRecord.WireName(entry.Status), null,
                deliveryOf(entry.DecisionId)?.Record));
        }

        // Newest first turns that around.
        items.Reverse();
        return [.. items.OrderByDescending(static item => item.At).Take(limit)];
    }

    private static IEnumerable<TimelineItem> Items(IReadOnlyList<StoredNote> notes, bool isMerge) => notes
        .Where(note => note.Type == CustomerActor.Merges == isMerge)
        .Select(static note => new TimelineItem(new Instant(note.AtMs).ToDateTimeOffset(), note.Type, note.Name, null, null, note.Detail));

    private static List<TimelineItem> LastItems(CustomerState state)
    {
        var items = new List<TimelineItem>();
        for (var i = 0; i < state.Recent.Count; i++)
        {
            ref readonly var item = ref state.Recent[i];
            items.Add(new TimelineItem(
                item.At.ToDateTimeOffset(), "event", EventKinds.WireName(item.Kind), null, item.Value == 0f ? null : (decimal)item.Value));
        }

        return items;
    }

    private static TimelineItem Item(CustomerEvent item) => new(
        item.OccurredAt.ToDateTimeOffset(), "event", EventKinds.WireName(item.Kind), null,
        item.Amount == 0m ? null : item.Amount, EventDetail.Of(item).ToJsonString());

    private static Dictionary<string, long> Kinds(CustomerState state)
    {
        var kinds = new Dictionary<string, long>();
        for (var kind = 0; kind < EventKinds.Count; kind++)
        {
            if (state.CountOf((EventKind)kind) is > 0 and var count) kinds[EventKinds.WireName((EventKind)kind)] = count;
        }

        return kinds;
    }

    private static SessionReply? Session(CustomerState state)
    {
        ref readonly var session = ref state.Session;
        return session.Number == 0
            ? null
            : new SessionReply(
                session.Number, session.IsOpen, session.StartedAt.ToDateTimeOffset(), state.LastActivityAt.ToDateTimeOffset(),
                session.Events, session.ProductsViewed);
    }

    private static Dictionary<string, float[]> Rates(CustomerState state, Instant now)
    {
        Span<float> values = stackalloc float[DecayedRates.Length];
        state.ReadRates(now, values);
        var rates = new Dictionary<string, float[]>();
        for (var group = 0; group < RateGroups.Count; group++)
        {
            rates[RateGroups.Names[group]] = values.Slice(group * DecayedRates.Horizons, DecayedRates.Horizons).ToArray();
        }

        return rates;
    }

    private static AffinityReply[] Affinities(in AffinityList list)
    {
        var replies = new AffinityReply[list.Entries.Length];
        for (var i = 0; i < replies.Length; i++) replies[i] = new AffinityReply(list.Entries[i].Name, list.Entries[i].Weight);
        Array.Sort(replies, static (left, right) => right.Weight.CompareTo(left.Weight));
        return replies;
    }

    private static RecentEventReply[] LastEvents(CustomerState state)
    {
        var replies = new RecentEventReply[state.Recent.Count];
        for (var i = 0; i < replies.Length; i++)
        {
            ref readonly var item = ref state.Recent[replies.Length - 1 - i];
            replies[i] = new RecentEventReply(
                EventKinds.WireName(item.Kind), item.At.ToDateTimeOffset(), item.Value == 0f ? null : (decimal)item.Value);
        }

        return replies;
    }

    private static CartReply Cart(Cart cart) => new(
        cart.Number,
        cart.CartId,
        CartStates.WireName(cart.State),
        cart.OpenedAt.ToDateTimeOffset(),
        cart.ChangedAt.ToDateTimeOffset(),
        cart.Value,
        cart.Currency,
        [.. cart.Lines.Select(static line => new CartLineReply(line.ProductId, line.Quantity, line.Price, line.Name))]);

    private static ScoresReply? Scores(CustomerState state, ModelName model) => !state.ScoredAt.HasValue
        ? null
        : new ScoresReply(
            state.Scores.Churn,
            state.Cart is { } cart && CartStates.IsOpen(cart.State) ? state.Scores.Abandonment : null,
            state.Scores.Purchase,
            state.ScoredAt.ToDateTimeOffset(),
            state.ScoresDegraded,
            model.Name,
            state.ScoresDegraded ? model.DegradedReason : null);

    private static OrdersReply Orders(CustomerState state, Instant now)
    {
        ref readonly var orders = ref state.Orders;
        return new OrdersReply(
            orders.Orders,
            orders.MonetaryValue,
            orders.Currency,
            orders.LastOrderAt.HasValue ? Math.Max(0d, (now - orders.LastOrderAt).TotalSeconds) : null,
            orders.Orders > 1 ? orders.GapMeanSeconds : null);
    }

    public static DecisionReply Decision(LedgerEntry entry, StoredDecision? stored) => new(
        entry.DecisionId,
        entry.DecidedAt.ToDateTimeOffset(),
        entry.Rule,
        entry.Action,
        entry.Channel,
        DecisionRecord.WireName(entry.Status),
        entry.Reason == SuppressionReason.None ? null : DecisionRecord.WireName(entry.Reason),
        DecisionRecord.WireName(entry.Outcome),
        stored switch
        {
            { Delivery: DeliveryState.Delivered } => "sent",
            { Delivery: DeliveryState.Dead } => "dead",
            { Delivery: DeliveryState.OverBudget } => "over_budget",
            { Delivery: DeliveryState.Pending, Attempts: > 0 } => "failed",
            _ => null,
        });
}

/// <param name="Name">Of the model that made a state's scores.</param>
/// <param name="DegradedReason">Why the newest event has none, when it has none.</param>
internal readonly record struct ModelName(string Name, string DegradedReason);
