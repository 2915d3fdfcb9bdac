namespace RealtimeInsight.Domain.Decisions;

/// <summary>Says how likely each variant of a rule is to be chosen now. Thread-safe: shards ask while others learn.</summary>
public interface IVariantChooser
{
    /// <summary>By the order of the rule's variants; the probabilities are above 0 and add up to 1.</summary>
    IReadOnlyList<VariantOdds> OddsOf(PolicyRule rule);
}

/// <summary>How likely a variant is, and why.</summary>
/// <param name="Alpha">1 and the rewards that count, decayed.</param>
/// <param name="Beta">1 and the decisions without reward that count, decayed.</param>
public readonly record struct VariantOdds(double Probability, double Alpha, double Beta);

/// <summary>Every variant is as likely as any other: where nothing learns.</summary>
public sealed class EqualChooser : IVariantChooser
{
    public static EqualChooser Instance { get; } = new();

    public IReadOnlyList<VariantOdds> OddsOf(PolicyRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return Enumerable.Repeat(new VariantOdds(1.0 / rule.Variants.Count, 1, 1), rule.Variants.Count).ToArray();
    }
}
