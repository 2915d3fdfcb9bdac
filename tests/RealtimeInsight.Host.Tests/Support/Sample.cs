using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Host.Tests;

/// <summary>Insights and decisions with every part filled.</summary>
internal static class Sample
{
    public static readonly Instant At = Instant.From(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public static CustomerInsight Insight(string id) => new()
    {
        CustomerId = id,
        AsOf = At,
        Profile = new ProfileView(
            At - TimeSpan.FromDays(30), At, 42, 3,
            new Dictionary<string, long> { ["product_viewed"] = 30, ["cart_added"] = 5 },
            new RfmView(86_400, 2, 120.5m, "EUR", 604_800),
            new Dictionary<string, float[]> { ["views"] = [3, 2, 1, 0.5f, 0.1f] },
            [new AffinityView("shoes", 0.8f)], [new AffinityView("acme", 0.4f)],
            new Dictionary<string, string> { ["country"] = "DE" }, new Dictionary<string, bool> { ["email"] = true },
            "Europe/Berlin", false, ["anon:v1"]),
        Session = new SessionView(3, true, At - TimeSpan.FromMinutes(4), At, 9, 5),
        Cart = new CartView(
            "cart-1", "c1", "at_risk", At - TimeSpan.FromMinutes(3), At, 59.9m, "EUR", [new CartLineView("p1", 2, 29.95m, "Boot")]),
        Scores = new ScoresView(0.12f, 0.71f, 0.3f, "behaviour/1", At, 2.5, false, null),
        Segments = ["known", "cart_at_risk"],
        LastEvents = [new RecentEventView("cart_added", At, 59.9m)],
        LastDecisions = [Summary()],
    };

    /// <summary>One head of one version, with drift.</summary>
    public static ModelWatch Watch()
    {
        ReliabilityGroup[] groups = [new(60, 0.1, 0.08), new(40, 0.3, 0.35)];
        var live = new QualityFigures(100, 19, 0.19, 0.18, 0.71, 0.002, 0.05, 0.14, 0.44, 0.032, groups);
        var trained = new HeadMetrics(5_000, 0.2, 0.75, 0.13, 0.42);
        var head = new HeadWatch("churn", At, 100, live, trained, new PairedFigures(100, -0.01, -0.02, -0.001));
        var drift = new DriftWatch(
            4_000, [new InputDrift("gap_log", 0.3, 0.01), new InputDrift("orders", 0.02, 0)], [new InputDrift("churn", 0.05, 0)],
            [new MissingRate("brand", 0.4, 0.1)]);
        return new ModelWatch(
            TimeSpan.FromDays(7), TimeSpan.FromDays(1), [new VersionWatch("behaviour/1", "1", [head], drift)],
            [new WaitingScores("churn", 12, 0.5, 3)]);
    }

    public static DecisionSummary Summary() => new("d-1", At, "cart-reminder", "reminder", "default", "sent", null, "recovered");

    public static DecisionView Decision() =>
        new(Summary(), "alice", new JsonObject { ["policy"] = "default" }, [new DeliveryAttempt(1, At, "delivered", 200, null)]);

    public static CustomerAtRisk AtRisk(CustomerInsight insight) => new(
        insight.CustomerId, insight.Cart?.State, insight.Cart?.Value ?? 0, insight.Cart?.Currency, insight.Scores!.Churn,
        insight.Scores.Abandonment, insight.Scores.Purchase, insight.Profile.LastSeen, insight.Segments);
}
