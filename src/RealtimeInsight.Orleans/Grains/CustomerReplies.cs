using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Segments;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>What readers see of a state: copies, so that later changes do not reach them.</summary>
internal static class CustomerReplies
{
    private const int DecisionsMax = 20;

    public static InsightReply Insight(CustomerState state, DecisionMaker maker, Instant now)
    {
        var person = state.Person;
        return new InsightReply
        {
            AsOf = now.ToDateTimeOffset(),
            FirstSeen = state.FirstSeen.ToDateTimeOffset(),
            LastSeen = state.LastSeen.ToDateTimeOffset(),
            Events = state.EventCount,
            EventsPerKind = Kinds(state),
            Session = Session(state),
            Cart = state.Cart is { } cart ? Cart(cart) : null,
            Scores = Scores(state),
            Orders = Orders(state, now),
            Segments = [.. SegmentRules.Of(state, now)],
            Traits = person is null ? [] : new Dictionary<string, string>(person.Traits),
            Consents = person is null ? [] : new Dictionary<string, bool>(person.Consents),
            TimeZone = person?.TimeZone,
            IsHeldOut = maker.IsHeldOut(state.Id),
            LastDecisions = state.Ledger is null ? [] : [.. state.Ledger.Entries.Reverse().Take(DecisionsMax).Select(Decision)],
        };
    }

    /// <summary>Null without an open cart.</summary>
    public static CartRiskReply? CartRisk(CustomerState state) => state.Cart is { } cart && CartStates.IsOpen(cart.State)
        ? new CartRiskReply(
            CartStates.WireName(cart.State), cart.Value, cart.Currency, state.ScoredAt.HasValue ? state.Scores.Abandonment : null,
            state.ScoresDegraded)
        : null;

    /// <summary>Kept events and decisions, newest first.</summary>
    public static TimelineItem[] Timeline(CustomerState state, int limit)
    {
        var items = new List<TimelineItem>();
        for (var i = 0; i < state.Recent.Count; i++)
        {
            ref readonly var item = ref state.Recent[i];
            items.Add(new TimelineItem(
                item.At.ToDateTimeOffset(), "event", EventKinds.WireName(item.Kind), null, item.Value == 0f ? null : (decimal)item.Value));
        }

        foreach (var entry in state.Ledger?.Entries ?? [])
        {
            items.Add(new TimelineItem(
                entry.DecidedAt.ToDateTimeOffset(), "decision", entry.Rule, DecisionRecord.WireName(entry.Status), null));
        }

        // A decision follows the event of the same moment that brought it about; newest first turns both around.
        items.Reverse();
        return [.. items.OrderByDescending(static item => item.At).Take(limit)];
    }

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
                session.Events);
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

    private static ScoresReply? Scores(CustomerState state) => !state.ScoredAt.HasValue
        ? null
        : new ScoresReply(
            state.Scores.Churn,
            state.Cart is { } cart && CartStates.IsOpen(cart.State) ? state.Scores.Abandonment : null,
            state.Scores.Purchase,
            state.ScoredAt.ToDateTimeOffset(),
            state.ScoresDegraded);

    private static OrdersReply Orders(CustomerState state, Instant now)
    {
        ref readonly var orders = ref state.Orders;
        return new OrdersReply(
            orders.Orders,
            orders.MonetaryValue,
            orders.Currency,
            orders.LastOrderAt.HasValue ? Math.Max(0d, (now - orders.LastOrderAt).TotalSeconds) : null);
    }

    private static DecisionReply Decision(LedgerEntry entry) => new(
        entry.DecisionId,
        entry.DecidedAt.ToDateTimeOffset(),
        entry.Rule,
        entry.Action,
        entry.Channel,
        DecisionRecord.WireName(entry.Status),
        entry.Reason == SuppressionReason.None ? null : DecisionRecord.WireName(entry.Reason),
        DecisionRecord.WireName(entry.Outcome));
}
