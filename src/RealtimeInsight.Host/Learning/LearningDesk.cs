using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Engine.Learning;

namespace RealtimeInsight.Host.Learning;

/// <summary>Looks at what a running engine learns, and changes it on request; a change is saved when the call returns.</summary>
public sealed class LearningDesk(EngineLearning learning, Action save)
{
    /// <summary>Parts that there is something to learn of, under the names by which they are asked for.</summary>
    public IReadOnlyList<string> Parts => [.. Enum.GetValues<LearnedPart>().Where(learning.Has).Select(NameOf)];

    public LearningAnswer Read() => new(
        learning.Has(LearnedPart.Variants)
            ? new VariantsAnswer(learning.Variants.IsFrozen, [.. learning.Variants.Read().Select(VariantAnswer.Of)]) : null);

    /// <exception cref="IOException">It cannot be saved; it is in force.</exception>
    public void Freeze(LearnedPart part, bool isFrozen)
    {
        learning.Freeze(part, isFrozen);
        save();
    }

    /// <exception cref="IOException">It cannot be saved; it is in force.</exception>
    public void Reset(LearnedPart part)
    {
        learning.Reset(part);
        save();
    }

    /// <summary>Everything that was learned, to be rolled back to.</summary>
    public byte[] Export() => learning.ToBytes();

    /// <exception cref="FormatException">It is not what <see cref="Export"/> gives, or damaged; nothing has changed.</exception>
    /// <exception cref="IOException">It cannot be saved; it is in force.</exception>
    public void RollBack(byte[] exported)
    {
        learning.RollBack(exported);
        save();
    }

    /// <summary>The part of that name that there is something to learn of.</summary>
    public LearnedPart? PartOf(string? name)
    {
        foreach (var part in Enum.GetValues<LearnedPart>())
        {
            if (learning.Has(part) && NameOf(part) == name) return part;
        }

        return null;
    }

    private static string NameOf(LearnedPart part) => part.ToString().ToLowerInvariant();
}

/// <summary>What is learned, by part; null for a part that is off.</summary>
public sealed record LearningAnswer(VariantsAnswer? Variants);

/// <param name="IsFrozen">While true the probabilities stay as they are.</param>
public sealed record VariantsAnswer(bool IsFrozen, IReadOnlyList<VariantAnswer> Items);

/// <param name="Probability">With which the rule gives it now.</param>
/// <param name="Mean">Of what is believed of its reward rate, with the ends of the middle 95 % by a normal approximation.</param>
/// <param name="Decisions">That count, decayed.</param>
/// <param name="Rewards">Among them.</param>
/// <param name="Open">Decisions whose time for a reward has not passed.</param>
public sealed record VariantAnswer(
    string Rule, string Variant, double Probability, double Mean, double Low, double High, double Decisions, double Rewards, long Open)
{
    public static VariantAnswer Of(LearnedVariant one)
    {
        ArgumentNullException.ThrowIfNull(one);
        var (mean, spread) = (one.Posterior.Mean, 1.96 * one.Posterior.Deviation);
        return new VariantAnswer(
            one.Rule, one.Variant, one.Probability, mean, Math.Max(0, mean - spread), Math.Min(1, mean + spread), one.Given, one.Rewarded,
            one.Open);
    }
}
