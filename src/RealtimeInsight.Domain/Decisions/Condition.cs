using System.Globalization;
using System.Text.RegularExpressions;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Segments;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Decisions;

public enum Comparison : byte
{
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

/// <summary>One comparison of a rule, written <c>field operator value</c>: <c>abandonment >= 0.6</c>, <c>segment != dormant</c>.</summary>
/// <param name="Name">Of the segment or topic that it names; null for numbers.</param>
public sealed partial record Condition(ConditionField Field, Comparison Comparison, double Number, string? Name)
{
    private static readonly Dictionary<string, ConditionField> Fields = Enum.GetValues<ConditionField>()
        .ToDictionary(static field => SnakeCase().Replace(field.ToString(), "_$1").ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly Dictionary<string, Comparison> Comparisons = new(StringComparer.Ordinal)
    {
        ["<"] = Comparison.Less,
        ["<="] = Comparison.LessOrEqual,
        ["="] = Comparison.Equal,
        ["=="] = Comparison.Equal,
        ["!="] = Comparison.NotEqual,
        [">="] = Comparison.GreaterOrEqual,
        [">"] = Comparison.Greater,
    };

    /// <summary>True for a comparison with what the whole shop does.</summary>
    public bool LooksAtShop =>
        Field is ConditionField.ItemPopularity or ConditionField.CategoryConversion or ConditionField.PriceRatio;

    /// <exception cref="PolicyException">Not of the form above, or an unknown field, operator, number or segment.</exception>
    public static Condition Parse(string text, string path)
    {
        var match = Form().Match(text);
        if (!match.Success) throw new PolicyException(path, $"'{text}' is not 'field operator value'; write e.g. 'abandonment >= 0.6'");
        var name = match.Groups["field"].Value;
        if (!Fields.TryGetValue(name, out var field))
        {
            throw new PolicyException(path, $"'{name}' is not a field; use one of {string.Join(", ", Fields.Keys)}");
        }

        var comparison = Comparisons[match.Groups["operator"].Value];
        var value = match.Groups["value"].Value;
        if (field == ConditionField.Segment) return ParseName(field, comparison, value, SegmentRules.Names, path);
        if (field == ConditionField.Topic) return ParseName(field, comparison, value, TopicNames.All, path);
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            throw new PolicyException(path, $"'{value}' is not a number; write e.g. 0.6");
        }

        return new Condition(field, comparison, number, null);
    }

    /// <param name="state">The customer.</param>
    /// <param name="cart">The cart that conditions on a cart look at; null when there is none.</param>
    /// <param name="now">The moment of deciding.</param>
    /// <param name="shop">What the whole shop does, for a condition that <see cref="LooksAtShop"/>; null where that is not kept.</param>
    public bool IsMet(CustomerState state, Cart? cart, Instant now, ShopValues? shop = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (Field == ConditionField.Segment)
        {
            return SegmentRules.Contains(state, Name!, now) == (Comparison == Comparison.Equal);
        }

        if (Field == ConditionField.Topic)
        {
            if (state.Texts is not { } texts) return false;
            var isAbout = (texts.Newest.Topics & TopicNames.Find(Name!)) != 0;
            return isAbout == (Comparison == Comparison.Equal);
        }

        // A value that does not exist is NaN, with which no comparison holds.
        var value = LooksAtShop ? Read(shop ?? ShopValues.Unknown) : Read(state, cart, now);
        return Comparison switch
        {
            Comparison.Less => value < Number,
            Comparison.LessOrEqual => value <= Number,
            Comparison.Equal => value == Number,
            Comparison.NotEqual => value < Number || value > Number,
            Comparison.GreaterOrEqual => value >= Number,
            Comparison.Greater => value > Number,
            _ => throw new InvalidOperationException($"comparison {Comparison} is not handled"),
        };
    }

    private double Read(ShopValues shop) => Field switch
    {
        ConditionField.ItemPopularity => shop.ItemPopularity,
        ConditionField.CategoryConversion => shop.CategoryConversion,
        _ => shop.PriceRatio,
    };

    private double Read(CustomerState state, Cart? cart, Instant now) => Field switch
    {
        ConditionField.Churn => state.ScoredAt.HasValue ? state.Scores.Churn : double.NaN,
        ConditionField.Abandonment => state.ScoredAt.HasValue ? state.Scores.Abandonment : double.NaN,
        ConditionField.Purchase => state.ScoredAt.HasValue ? state.Scores.Purchase : double.NaN,
        ConditionField.CartValue => (double)(cart?.Value ?? 0m),
        ConditionField.CartItems => cart?.Pieces ?? 0,
        ConditionField.CartAgeMinutes => cart is not null ? (now - cart.OpenedAt).TotalMinutes : double.NaN,
        ConditionField.Orders => state.Orders.Orders,
        ConditionField.MonetaryValue => (double)state.Orders.MonetaryValue,
        ConditionField.OrderRecencyDays => state.Orders.LastOrderAt.HasValue ? (now - state.Orders.LastOrderAt).TotalDays : double.NaN,
        ConditionField.Sessions => state.Session.Number,
        ConditionField.Events => state.EventCount,
        ConditionField.TenureDays => (now - state.FirstSeen).TotalDays,
        ConditionField.InactiveDays => state.LastActivityAt.HasValue ? (now - state.LastActivityAt).TotalDays : double.NaN,
        ConditionField.DormancyLevel => state.DormancyLevel,
        ConditionField.Rating => state.LastRating > 0f ? state.LastRating : double.NaN,
        ConditionField.Sentiment => state.Texts?.Newest.Sentiment ?? double.NaN,
        ConditionField.Complaints => state.Texts?.Complaints ?? 0,
        ConditionField.IsKnown => state.Id.IsVisitor ? 0 : 1,
        _ => throw new InvalidOperationException($"field {Field} is not handled"),
    };

    private static Condition ParseName(
        ConditionField field, Comparison comparison, string value, IReadOnlyCollection<string> names, string path)
    {
        var kind = field.ToString().ToLowerInvariant();
        if (comparison is not (Comparison.Equal or Comparison.NotEqual))
        {
            throw new PolicyException(path, $"'{kind} {Sign(comparison)} {value}' compares by size, a {kind} has none; use = or !=");
        }

        if (!names.Contains(value))
        {
            throw new PolicyException(path, $"'{value}' is not a {kind}; use one of {string.Join(", ", names)}");
        }

        return new Condition(field, comparison, 0, value);
    }

    private static string Sign(Comparison comparison) => Comparisons.First(pair => pair.Value == comparison).Key;

    [GeneratedRegex(@"^\s*(?<field>[a-z_]+)\s*(?<operator><=|>=|==|!=|<|>|=)\s*(?<value>\S+)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    [GeneratedRegex("(?<!^)([A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex SnakeCase();
}
