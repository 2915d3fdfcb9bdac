using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Silo;

/// <summary>A grain's reply as the engine's port shows it.</summary>
internal static class InsightViews
{
    public static CustomerInsight Of(CustomerId customer, InsightReply known) => new()
    {
        CustomerId = customer.Value,
        AsOf = Instant.From(known.AsOf),
        Profile = Profile(known),
        Session = known.Session is { } session
            ? new SessionView(
                session.Number, session.IsOpen, Instant.From(session.StartedAt), Instant.From(session.LastActivityAt), session.Events, 0)
            : null,
        Cart = known.Cart is { } cart ? Cart(cart) : null,
        Scores = known.Scores is { } scores ? Scores(scores, known.AsOf) : null,
        Segments = known.Segments,
        LastEvents = [],
        LastDecisions = [.. known.LastDecisions.Select(Decision)],
    };

    private static ProfileView Profile(InsightReply known) => new(
        Instant.From(known.FirstSeen), Instant.From(known.LastSeen), known.Events, known.Session?.Number ?? 0, known.EventsPerKind,
        new RfmView(known.Orders.RecencySeconds, known.Orders.Orders, known.Orders.MonetaryValue, known.Orders.Currency, null),
        new Dictionary<string, float[]>(), [], [], known.Traits, known.Consents, known.TimeZone, known.IsHeldOut, []);

    private static CartView Cart(CartReply cart) => new(
        $"{cart.Number}", cart.CartId, cart.State, Instant.From(cart.OpenedAt), Instant.From(cart.ChangedAt), cart.Value, cart.Currency,
        [.. cart.Lines.Select(static line => new CartLineView(line.ProductId, line.Quantity, line.Price, line.Name))]);

    private static ScoresView Scores(ScoresReply scores, DateTimeOffset now) => new(
        scores.Churn, scores.Abandonment, scores.Purchase, "", Instant.From(scores.ScoredAt), (now - scores.ScoredAt).TotalSeconds,
        scores.IsDegraded, null);

    private static DecisionSummary Decision(DecisionReply one) => new(
        one.DecisionId, Instant.From(one.DecidedAt), one.Rule, one.Action, one.Channel, one.Status, one.Reason, one.Outcome);
}
