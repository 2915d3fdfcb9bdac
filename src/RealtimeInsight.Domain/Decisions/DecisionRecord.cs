using System.Buffers;
using System.Text.Json;
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
            Variant = Member(record, "choice") is { } choice ? Text(choice, "variant") : null,
            Episode = Text(record, "episode"),
            Status = Parse<DecisionStatus>(Text(record, "status"), WireName),
            Reason = Parse<SuppressionReason>(Text(record, "reason"), WireName),
            DecidedAt = Time(record, "decided_at_ms"),
            DueAt = Time(record, "due_at_ms"),
            AttributionEndsAt = Time(record, "attribution_ends_at_ms"),
        };
    }

    /// <summary>The record as UTF-8 JSON.</summary>
    /// <param name="buffer">Scratch space, reused from record to record.</param>
    internal static byte[] Write(CustomerState state, LedgerEntry entry, in DecisionInputs inputs, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        WriteEntry(json, state, entry, inputs);
        WriteTrigger(json, inputs);
        json.WriteStartObject("policy");
        json.WriteString("name", inputs.Policy.Name);
        json.WriteString("version", inputs.Policy.Version);
        json.WriteEndObject();
        json.WriteString("model", inputs.Model);
        WriteScores(json, state);
        json.WriteString("feature_schema", FeatureSchema.Hash);
        WriteFeatures(json, state, entry.DecidedAt);
        json.WriteStartArray("segments");
        foreach (var name in SegmentRules.Of(state, entry.DecidedAt)) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteStartObject("hold_out");
        json.WriteNumber("draw", inputs.HoldOutDraw);
        json.WriteNumber("fraction", inputs.Policy.HoldOutFraction);
        json.WriteEndObject();
        json.WriteStartObject("frequency_cap");
        json.WriteNumber("given", inputs.Given);
        json.WriteNumber("max", inputs.Policy.CapMax);
        json.WriteEndObject();
        WriteCandidates(json, inputs);
        if (inputs.Choice is { } choice) WriteChoice(json, inputs.Rule, choice);
        if (inputs.Shop is { } shop) WriteShop(json, shop);
        if ((Episodes.CartOf(state, entry.Episode) ?? state.Cart) is { } cart) WriteCart(json, cart);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteEntry(Utf8JsonWriter json, CustomerState state, LedgerEntry entry, in DecisionInputs inputs)
    {
        json.WriteString("decision_id", entry.DecisionId);
        json.WriteString("customer_id", state.Id.Value);
        json.WriteString("rule", entry.Rule);
        json.WriteString("action", entry.Action);
        json.WriteString("channel", entry.Channel);
        json.WritePropertyName("parameters");
        (inputs.Choice is { } choice ? inputs.Rule.Variants[choice.Index].Parameters : inputs.Rule.Parameters).WriteTo(json);
        json.WriteString("episode", entry.Episode);
        json.WriteString("status", WireName(entry.Status));
        json.WriteString("reason", WireName(entry.Reason));
        json.WriteString("decided_at", entry.DecidedAt.ToString());
        json.WriteNumber("decided_at_ms", entry.DecidedAt.UnixMs);
        json.WriteNumber("due_at_ms", entry.DueAt.UnixMs);
        json.WriteNumber("attribution_ends_at_ms", entry.AttributionEndsAt.UnixMs);
    }

    private static void WriteTrigger(Utf8JsonWriter json, in DecisionInputs inputs)
    {
        json.WriteStartObject("trigger");
        json.WriteString("name", inputs.TriggerName);
        json.WriteString("at", inputs.TriggerAt.ToString());
        json.WriteString("event_id", inputs.Trigger?.Id.Value);
        json.WriteEndObject();
    }

    private static void WriteScores(Utf8JsonWriter json, CustomerState state)
    {
        if (!state.ScoredAt.HasValue)
        {
            json.WriteNull("scores");
            return;
        }

        json.WriteStartObject("scores");
        json.WriteNumber("churn", state.Scores.Churn);
        json.WriteNumber("abandonment", state.Scores.Abandonment);
        json.WriteNumber("purchase", state.Scores.Purchase);
        json.WriteString("scored_at", state.ScoredAt.ToString());
        json.WriteBoolean("is_degraded", state.ScoresDegraded);
        json.WriteEndObject();
    }

    private static void WriteFeatures(Utf8JsonWriter json, CustomerState state, Instant at)
    {
        Span<float> profile = stackalloc float[ModelContract.ProfileFeatures];
        FeatureExtractor.Profile(state, at, profile);
        json.WriteStartArray("features");
        foreach (var value in profile) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static void WriteCandidates(Utf8JsonWriter json, in DecisionInputs inputs)
    {
        json.WriteStartArray("candidates");
        foreach (var candidate in inputs.Candidates)
        {
            json.WriteStartObject();
            json.WriteString("rule", candidate.Rule);
            json.WriteString("result", candidate.Result);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteChoice(Utf8JsonWriter json, PolicyRule rule, VariantChoice choice)
    {
        json.WriteStartObject("choice");
        json.WriteString("variant", rule.Variants[choice.Index].Id);
        json.WriteString("by", rule.Choose!.By == VariantMethod.Thompson ? "thompson" : "uniform");
        json.WriteNumber("propensity", choice.Propensity);
        json.WriteNumber("draw", choice.Draw);
        json.WriteNumber("seed", rule.Choose.Seed);
        json.WriteNumber("reward_within_ms", (long)rule.Choose.RewardWithin.TotalMilliseconds);
        json.WriteStartArray("variants");
        for (var i = 0; i < rule.Variants.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("id", rule.Variants[i].Id);
            json.WriteNumber("probability", choice.Odds[i].Probability);
            json.WriteNumber("alpha", choice.Odds[i].Alpha);
            json.WriteNumber("beta", choice.Odds[i].Beta);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteShop(Utf8JsonWriter json, ShopValues shop)
    {
        json.WriteStartObject("shop");
        Write("item_popularity", shop.ItemPopularity);
        Write("category_conversion", shop.CategoryConversion);
        Write("price_ratio", shop.PriceRatio);
        json.WriteEndObject();

        void Write(string name, double value)
        {
            if (double.IsFinite(value)) json.WriteNumber(name, value);
            else json.WriteNull(name);
        }
    }

    private static void WriteCart(Utf8JsonWriter json, Cart cart)
    {
        json.WriteStartObject("cart");
        json.WriteNumber("number", cart.Number);
        json.WriteString("cart_id", cart.CartId);
        json.WriteString("state", CartStates.WireName(cart.State));
        json.WriteNumber("value", cart.Value);
        json.WriteString("currency", cart.Currency);
        json.WriteStartArray("lines");
        foreach (var line in cart.Lines)
        {
            json.WriteStartObject();
            json.WriteString("product_id", line.ProductId);
            json.WriteNumber("quantity", line.Quantity);
            if (line.Price is { } price) json.WriteNumber("price", price);
            else json.WriteNull("price");
            json.WriteString("name", line.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

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
