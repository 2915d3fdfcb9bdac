using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Evaluate;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Insights.OffPolicy;

namespace RealtimeInsight.Cli.Decisions;

/// <summary>The format <c>decisions</c>: a table of decisions that were drawn, written by <c>insight decisions</c>.</summary>
internal static class DecisionColumns
{
    public const string Format = "decisions";

    /// <summary>Columns that begin so are what was known when it was decided; an empty field was not known.</summary>
    public const string ContextPrefix = "x_";

    public const string Customer = "customer";
    public const string Rule = "rule";
    public const string DecidedAt = "decided_at";
    public const string Variant = "variant";
    public const string Propensity = "propensity";
    public const string Variants = "variants";
    public const string Reward = "reward";

    /// <summary>How far probabilities of the variants may be from adding up to 1: they are written with six digits.</summary>
    private const double SumTolerance = 0.001;

    private static readonly string[] s_scores = ["churn", "abandonment", "purchase"];

    public static IReadOnlyList<string> Header { get; } =
    [
        "decision", Customer, Rule, DecidedAt, Variant, Propensity, Variants, Reward,
        .. s_scores.Select(static head => $"{ContextPrefix}score_{head}"),
        .. FeatureSchema.ProfileNames.Select(static name => ContextPrefix + name),
    ];

    /// <summary>Context of a record, in the order of the header. Features of another schema are others, and are left out.</summary>
    public static IEnumerable<string> ContextOf(JsonNode record)
    {
        foreach (var head in s_scores) yield return Text((double?)record["scores"]?[head]);
        var features = (string?)record["feature_schema"] == FeatureSchema.Hash ? record["features"] as JsonArray : null;
        for (var i = 0; i < FeatureSchema.ProfileNames.Count; i++) yield return Text((float?)features?[i]);
    }

    public static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    public static string Text(float? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Reads such tables.</summary>
    /// <exception cref="CliException">A field breaks a rule; the message names line, column, value and rule.</exception>
    public static List<DrawnDecision> Read(IReadOnlyList<string> paths, string option)
    {
        var decisions = new List<DrawnDecision>();
        foreach (var row in TableFile.Rows(paths, option, Format, ",", Rule, Variant, Propensity, Variants, Reward, DecidedAt))
        {
            var odds = OddsOf(row);
            var chosen = odds.FindIndex(one => one.Variant == row.Text(Variant));
            if (chosen < 0) throw row.Wrong(Variant, $"one of the variants {string.Join(", ", odds.Select(static one => one.Variant))}");
            var propensity = row.Number(Propensity);
            if (propensity is not (> 0 and <= 1)) throw row.Wrong(Propensity, "a probability above 0 and at most 1");
            decisions.Add(new DrawnDecision
            {
                Rule = row.Text(Rule),
                Customer = row.Has(Customer) ? row.Text(Customer) : decisions.Count.ToString(CultureInfo.InvariantCulture),
                DecidedAt = row.Time(DecidedAt),
                Variants = [.. odds.Select(static one => one.Variant)],
                Chosen = chosen,
                Propensity = propensity,
                IsRewarded = row.Flag(Reward),
                Context = [.. row.Columns(ContextPrefix).Select(column => row.Text(column).Length == 0 ? double.NaN : row.Number(column))],
            });
        }

        return decisions;
    }

    private static List<(string Variant, double Probability)> OddsOf(in TableRow row)
    {
        var odds = new List<(string, double)>();
        var sum = 0.0;
        foreach (var part in row.Text(Variants).Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var cut = part.LastIndexOf('=');
            if (cut < 1 || !double.TryParse(part.AsSpan(cut + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var probability))
            {
                throw row.Wrong(Variants, "variants with their probabilities, as 'ten=0.75;gift=0.25'");
            }

            odds.Add((part[..cut], probability));
            sum += probability;
        }

        return odds.Count >= 2 && Math.Abs(sum - 1) < SumTolerance ? odds
            : throw row.Wrong(Variants, "two variants or more whose probabilities add up to 1");
    }
}
