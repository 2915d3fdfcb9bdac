using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Orleans.Contracts.Replies;
using RealtimeInsight.Orleans.Risks;

namespace RealtimeInsight.Orleans;

/// <summary>A grain's replies as the engine's port shows them.</summary>
internal static class InsightViews
{
    public static CustomerInsight Of(CustomerId customer, InsightReply known) => new()
    {
        CustomerId = known.CustomerId ?? known.MergedInto ?? customer.Value,
        MergedInto = known.MergedInto,
        AsOf = Instant.From(known.AsOf),
        Profile = Profile(known),
        Session = known.Session is { } session ? Session(session) : null,
        Cart = known.Cart is { } cart ? Cart(cart) : null,
        Scores = known.Scores is { } scores ? Scores(scores, known.AsOf) : null,
        Texts = known.Texts is { } texts ? Texts(texts) : null,
        Segments = known.Segments,
        LastEvents = [.. known.LastEvents.Select(static one => new RecentEventView(one.Kind, Instant.From(one.OccurredAt), one.Value))],
        LastDecisions = [.. known.LastDecisions.Select(Decision)],
    };

    public static TimelineEntry Of(TimelineItem item) => new(
        Instant.From(item.At), item.Type, item.Name, item.Detail is { } detail ? JsonNode.Parse(detail)! : new JsonObject());

    /// <summary>Null where the customer knows the record only.</summary>
    public static DecisionView? Of(string customer, WhyReply why) => why.Decision is { } decision
        ? new DecisionView(Decision(decision), customer, JsonNode.Parse(why.Record)!, [.. (why.Tried ?? []).Select(Of)])
        : null;

    public static CustomerAtRisk Of(RiskNote note) => new(
        note.CustomerId, note.CartState, note.CartValue, note.Currency, note.Churn, note.Abandonment, note.Purchase,
        new Instant(note.LastSeenMs), note.Segments);

    public static DeliveryAttempt Of(AttemptReply one) => new(
        one.Number, Instant.From(one.At), one.Result, one.StatusCode, one.Detail, one.DurationMs);

    /// <exception cref="EngineUnavailableException">The reply says why there is no explanation.</exception>
    public static ScoreExplanation? Of(ExplanationReply? reply) => reply switch
    {
        null => null,
        { Problem: { } problem } => throw new EngineUnavailableException(problem),
        _ => new ScoreExplanation(
            reply.CustomerId, reply.DecisionId, reply.Head, reply.Model, Instant.From(reply.AsOf), reply.Score, reply.Reference,
            reply.ServedScore, reply.ServedModel,
            [.. reply.Contributions.Select(static one => new ScoreContribution(one.Group, one.Value))]),
    };

    public static MergeResult Of(MergeReply reply) => new((Engine.Port.MergeOutcome)reply.Outcome, reply.CustomerId);

    private static ProfileView Profile(InsightReply known) => new(
        Instant.From(known.FirstSeen),
        Instant.From(known.LastSeen),
        known.Events,
        known.Sessions,
        known.EventsPerKind,
        new RfmView(
            known.Orders.RecencySeconds, known.Orders.Orders, known.Orders.MonetaryValue, known.Orders.Currency,
            known.Orders.MeanGapSeconds),
        known.Rates,
        Affinities(known.Categories),
        Affinities(known.Brands),
        known.Traits,
        known.Consents,
        known.TimeZone,
        known.IsHeldOut,
        known.LinkedVisitors);

    private static AffinityView[] Affinities(AffinityReply[] replies) =>
        [.. replies.Select(static one => new AffinityView(one.Name, one.Weight))];

    private static SessionView Session(SessionReply session) => new(
        session.Number, session.IsOpen, Instant.From(session.StartedAt), Instant.From(session.LastActivityAt), session.Events,
        session.ProductsViewed);

    private static CartView Cart(CartReply cart) => new(
        $"cart:{cart.Number}", cart.CartId, cart.State, Instant.From(cart.OpenedAt), Instant.From(cart.ChangedAt), cart.Value,
        cart.Currency, [.. cart.Lines.Select(static line => new CartLineView(line.ProductId, line.Quantity, line.Price, line.Name))]);

    private static TextsView Texts(TextsReply texts) => new(
        texts.Sentiment, texts.Topics, Instant.From(texts.At), texts.Texts, texts.Complaints, texts.ComplaintTopics,
        texts.ComplaintAt is { } at ? Instant.From(at) : null);

    private static ScoresView Scores(ScoresReply scores, DateTimeOffset now) => new(
        scores.Churn, scores.Abandonment, scores.Purchase, scores.Model ?? "none", Instant.From(scores.ScoredAt),
        Math.Max(0d, (now - scores.ScoredAt).TotalSeconds), scores.IsDegraded, scores.DegradedReason);

    private static DecisionSummary Decision(DecisionReply one) => new(
        one.DecisionId, Instant.From(one.DecidedAt), one.Rule, one.Action, one.Channel, one.Delivery ?? one.Status, one.Reason,
        one.Outcome);
}
