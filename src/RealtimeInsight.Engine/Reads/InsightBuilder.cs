using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Segments;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Shards;

namespace RealtimeInsight.Engine.Reads;

/// <summary>Makes the readers' snapshot of one state; runs on the shard's thread and copies everything it hands out.</summary>
internal sealed class InsightBuilder(DecisionMaker maker, Shard shard)
{
    private const int DecisionsMax = 20;

    public CustomerInsight Build(CustomerState state, Instant asOf) => new()
    {
        CustomerId = state.Id.Value,
        AsOf = asOf,
        Profile = Profile(state, asOf),
        Session = Session(state),
        Cart = state.Cart is { } cart ? Cart(cart) : null,
        Scores = Scores(state, asOf),
        Texts = state.Texts is { } texts ? Texts(texts) : null,
        Segments = SegmentRules.Of(state, asOf),
        LastEvents = LastEvents(state),
        LastDecisions = LastDecisions(state),
    };

    private ProfileView Profile(CustomerState state, Instant asOf)
    {
        var person = state.Person;
        return new ProfileView(
            state.FirstSeen,
            state.LastSeen,
            state.EventCount,
            state.Session.Number,
            Kinds(state),
            Rfm(state, asOf),
            Rates(state, asOf),
            Affinities(state.Categories),
            Affinities(state.Brands),
            person is null ? new Dictionary<string, string>() : new Dictionary<string, string>(person.Traits),
            person is null ? new Dictionary<string, bool>() : new Dictionary<string, bool>(person.Consents),
            person?.TimeZone,
            maker.IsHeldOut(state.Id),
            person is null ? [] : [.. person.Visitors.Select(static visitor => visitor.Value)]);
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

    private static RfmView Rfm(CustomerState state, Instant asOf)
    {
        ref readonly var orders = ref state.Orders;
        return new RfmView(
            orders.LastOrderAt.HasValue ? Math.Max(0d, (asOf - orders.LastOrderAt).TotalSeconds) : null,
            orders.Orders,
            orders.MonetaryValue,
            orders.Currency,
            orders.Orders > 1 ? orders.GapMeanSeconds : null);
    }

    private static Dictionary<string, float[]> Rates(CustomerState state, Instant asOf)
    {
        Span<float> values = stackalloc float[DecayedRates.Length];
        state.ReadRates(asOf, values);
        var rates = new Dictionary<string, float[]>();
        for (var group = 0; group < RateGroups.Count; group++)
        {
            rates[RateGroups.Names[group]] = values.Slice(group * DecayedRates.Horizons, DecayedRates.Horizons).ToArray();
        }

        return rates;
    }

    private static AffinityView[] Affinities(in AffinityList list)
    {
        var views = new AffinityView[list.Entries.Length];
        for (var i = 0; i < views.Length; i++) views[i] = new AffinityView(list.Entries[i].Name, list.Entries[i].Weight);
        Array.Sort(views, static (left, right) => right.Weight.CompareTo(left.Weight));
        return views;
    }

    private static SessionView? Session(CustomerState state)
    {
        ref readonly var session = ref state.Session;
        return session.Number == 0
            ? null
            : new SessionView(
                session.Number, session.IsOpen, session.StartedAt, state.LastActivityAt, session.Events, session.ProductsViewed);
    }

    private static CartView Cart(Cart cart) => new(
        $"cart:{cart.Number}",
        cart.CartId,
        CartStates.WireName(cart.State),
        cart.OpenedAt,
        cart.ChangedAt,
        cart.Value,
        cart.Currency,
        [.. cart.Lines.Select(static line => new CartLineView(line.ProductId, line.Quantity, line.Price, line.Name))]);

    private ScoresView? Scores(CustomerState state, Instant asOf)
    {
        if (!state.ScoredAt.HasValue) return null;
        var hasCart = state.Cart is { } cart && CartStates.IsOpen(cart.State);
        return new ScoresView(
            state.Scores.Churn,
            hasCart ? state.Scores.Abandonment : null,
            state.Scores.Purchase,
            shard.ModelName(state.ModelStamp),
            state.ScoredAt,
            Math.Max(0d, (asOf - state.ScoredAt).TotalSeconds),
            state.ScoresDegraded,
            state.ScoresDegraded ? shard.DegradedReason : null);
    }

    private static TextsView Texts(TextHistory texts) => new(
        texts.Newest.Sentiment,
        TopicNames.Of(texts.Newest.Topics),
        texts.NewestAt,
        texts.Texts,
        texts.Complaints,
        TopicNames.Of(texts.ComplaintTopics),
        texts.ComplaintAt.HasValue ? texts.ComplaintAt : null);

    private static RecentEventView[] LastEvents(CustomerState state)
    {
        ref readonly var items = ref state.Recent;
        var views = new RecentEventView[items.Count];
        for (var i = 0; i < views.Length; i++)
        {
            ref readonly var item = ref items[items.Count - 1 - i];
            views[i] = new RecentEventView(EventKinds.WireName(item.Kind), item.At, item.Value == 0f ? null : (decimal)item.Value);
        }

        return views;
    }

    private static DecisionSummary[] LastDecisions(CustomerState state)
    {
        if (state.Ledger is not { Entries.Count: > 0 } ledger) return [];
        return
        [
            .. ledger.Entries.Reverse().Take(DecisionsMax).Select(static entry => new DecisionSummary(
                entry.DecisionId,
                entry.DecidedAt,
                entry.Rule,
                entry.Action,
                entry.Channel,
                DecisionRecord.WireName(entry.Status),
                entry.Reason == SuppressionReason.None ? null : DecisionRecord.WireName(entry.Reason),
                DecisionRecord.WireName(entry.Outcome))),
        ];
    }
}
