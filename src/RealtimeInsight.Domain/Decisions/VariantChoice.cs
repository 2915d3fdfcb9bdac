using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>The variant that a decision gives, with all that it was drawn from: the same draw and odds give the same variant.</summary>
/// <param name="Draw">In [0, 1), from the decision's id and the rule's seed alone.</param>
public sealed record VariantChoice(int Index, double Draw, IReadOnlyList<VariantOdds> Odds)
{
    private const ulong DrawSeed = 0x56617269616E7473;

    /// <summary>Probability with which this variant was chosen.</summary>
    public double Propensity => Odds[Index].Probability;

    public static double DrawOf(string decisionId, ulong seed) =>
        (StableHash.Combine(StableHash.Of(decisionId, DrawSeed), seed) >> 11) * (1.0 / (1UL << 53));

    /// <summary>The variant in whose part of [0, 1) the draw falls, the parts in the order of the variants.</summary>
    public static VariantChoice Of(string decisionId, ulong seed, IReadOnlyList<VariantOdds> odds)
    {
        ArgumentNullException.ThrowIfNull(odds);
        var draw = DrawOf(decisionId, seed);
        return new VariantChoice(IndexOf(draw, odds), draw, odds);
    }

    public static int IndexOf(double draw, IReadOnlyList<VariantOdds> odds)
    {
        ArgumentNullException.ThrowIfNull(odds);
        var end = 0.0;
        for (var index = 0; index < odds.Count - 1; index++)
        {
            end += odds[index].Probability;
            if (draw < end) return index;
        }

        return odds.Count - 1;
    }
}

/// <summary>Which variant of which rule a decision gave, and when.</summary>
public sealed record GivenVariant(string Rule, string Variant, Instant DecidedAt);
