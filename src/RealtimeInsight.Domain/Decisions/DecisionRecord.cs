using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Segments;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>The JSON form of a decision, and the way back to its ledger entry.</summary>
public static class DecisionRecord
{
    public static string WireName(DecisionStatus status) => status switch
    {
        DecisionStatus.Deferred => "deferred",
        DecisionStatus.Decided => "decided",
        DecisionStatus.Suppressed => "suppressed",
        DecisionStatus.Dropped => "dropped",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "not a decision status"),
    };

    public static string WireName(SuppressionReason reason) => reason switch
    {
        SuppressionReason.None => "none",
        SuppressionReason.HoldOut => "hold_out",
        SuppressionReason.NoConsent => "no_consent",
        SuppressionReason.FrequencyCap => "frequency_cap",
        SuppressionReason.CoolDown => "cool_down",
        SuppressionReason.QuietHours => "quiet_hours",
        SuppressionReason.ConditionsChanged => "conditions_changed",
        SuppressionReason.LowerPriority => "lower_priority",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "not a suppression reason"),
    };

    public static string? WireName(OutcomeKind outcome) => outcome switch
    {
        OutcomeKind.Open => null,
        OutcomeKind.Recovered => "recovered",
        OutcomeKind.NotRecovered => "not_recovered",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "not an outcome"),
    };

    /// <summary>The ledger entry of a committed record: how a replay puts decisions back instead of making them again.</summary>
    /// <exception cref="FormatException">The record lacks a member or has an unknown value.</exception>
    public static LedgerEntry ReadEntry(JsonNode record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new LedgerEntry
        {
            DecisionId = Text(record, "decision_id"),
            Rule = Text(record, "rule"),
            Action = Text(record, "action"),
            Channel = Member(record, "channel") is null ? null : Text(record, "channel"),
            Episode = Text(record, "episode"),
            Status = Parse<DecisionStatus>(Text(record, "status"), WireName),
            Reason = Parse<SuppressionReason>(Text(record, "reason"), WireName),
            DecidedAt = Time(record, "decided_at_ms"),
            DueAt = Time(record, "due_at_ms"),
            AttributionEndsAt = Time(record, "attribution_ends_at_ms"),
        };
    }

    internal static JsonObject Write(CustomerState state, LedgerEntry entry, in DecisionInputs inputs)
    {
        var record = new JsonObject
        {
            ["decision_id"] = entry.DecisionId,
            ["customer_id"] = state.Id.Value,
            ["rule"] = entry.Rule,
            ["action"] = entry.Action,
            ["channel"] = entry.Channel,
            ["parameters"] = inputs.Rule.Parameters.DeepClone(),
            ["episode"] = entry.Episode,
            ["status"] = WireName(entry.Status),
            ["reason"] = WireName(entry.Reason),
            ["decided_at"] = entry.DecidedAt.ToString(),
            ["decided_at_ms"] = entry.DecidedAt.UnixMs,
            ["due_at_ms"] = entry.DueAt.UnixMs,
            ["attribution_ends_at_ms"] = entry.AttributionEndsAt.UnixMs,
            ["trigger"] = new JsonObject
            {
                ["name"] = inputs.TriggerName,
                ["at"] = inputs.TriggerAt.ToString(),
                ["event_id"] = inputs.Trigger?.Id.Value,
            },
            ["policy"] = new JsonObject { ["name"] = inputs.Policy.Name, ["version"] = inputs.Policy.Version },
            ["model"] = inputs.Model,
            ["scores"] = Scores(state),
            ["feature_schema"] = FeatureSchema.Hash,
            ["features"] = FeaturesOf(state, entry.DecidedAt),
            ["segments"] = new JsonArray([.. SegmentRules.Of(state, entry.DecidedAt).Select(static name => (JsonNode?)name)]),
            ["hold_out"] = new JsonObject { ["draw"] = inputs.HoldOutDraw, ["fraction"] = inputs.Policy.HoldOutFraction },
            ["frequency_cap"] = new JsonObject { ["given"] = inputs.Given, ["max"] = inputs.Policy.CapMax },
            ["candidates"] = new JsonArray([.. inputs.Candidates.Select(static pair => (JsonNode?)new JsonObject
            {
                ["rule"] = pair.Rule, ["result"] = pair.Result,
            })]),
        };
        if ((Episodes.CartOf(state, entry.Episode) ?? state.Cart) is { } cart) record["cart"] = CartOf(cart);
        return record;
    }

    private static JsonNode? Scores(CustomerState state) => !state.ScoredAt.HasValue ? null : new JsonObject
    {
        ["churn"] = state.Scores.Churn,
        ["abandonment"] = state.Scores.Abandonment,
        ["purchase"] = state.Scores.Purchase,
        ["scored_at"] = state.ScoredAt.ToString(),
        ["is_degraded"] = state.ScoresDegraded,
    };

    private static JsonArray FeaturesOf(CustomerState state, Instant at)
    {
        Span<float> profile = stackalloc float[ModelContract.ProfileFeatures];
        FeatureExtractor.Profile(state, at, profile);
        var array = new JsonArray();
        foreach (var value in profile) array.Add((JsonNode?)value);
        return array;
    }

    private static JsonObject CartOf(Cart cart) => new()
    {
        ["number"] = cart.Number,
        ["cart_id"] = cart.CartId,
        ["state"] = CartStates.WireName(cart.State),
        ["value"] = cart.Value,
        ["currency"] = cart.Currency,
        ["lines"] = new JsonArray([.. cart.Lines.Select(static line => (JsonNode?)new JsonObject
        {
            ["product_id"] = line.ProductId, ["quantity"] = line.Quantity, ["price"] = line.Price, ["name"] = line.Name,
        })]),
    };

    private static string Text(JsonNode record, string key) =>
        Member(record, key) is JsonValue value && value.TryGetValue<string>(out var text)
            ? text : throw new FormatException($"decision record has no text '{key}'");

    private static Instant Time(JsonNode record, string key) =>
        Member(record, key) is JsonValue value && value.TryGetValue<long>(out var ms)
            ? new Instant(ms) : throw new FormatException($"decision record has no whole number '{key}'");

    private static JsonNode? Member(JsonNode record, string key) => record is JsonObject members ? members[key] : null;

    private static T Parse<T>(string text, Func<T, string> wireName)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(wireName(value), text, StringComparison.Ordinal)) return value;
        }

        throw new FormatException($"decision record has the unknown value '{text}'");
    }
}
