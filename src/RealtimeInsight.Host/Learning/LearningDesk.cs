using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Learning;

namespace RealtimeInsight.Host.Learning;

/// <summary>Looks at what a running engine learns, and changes it on request; a change is saved when the call returns.</summary>
/// <param name="learning">What is learned.</param>
/// <param name="save">Saves it.</param>
/// <param name="recommend">Asks for items that a customer may look at next.</param>
public sealed class LearningDesk(
    EngineLearning learning, Action save,
    Func<CustomerId, int, CancellationToken, ValueTask<IReadOnlyList<LiveRecommendation>?>> recommend)
{
    public LearningDesk(EngineLearning learning, EmbeddedEngine engine)
        : this(learning, engine.SaveLearned, engine.RecommendAsync)
    {
    }

    /// <summary>Whether items are learned.</summary>
    public bool HasItems => learning.Items is not null;

    /// <summary>Items that the customer may look at next; null for an unknown one.</summary>
    public ValueTask<IReadOnlyList<LiveRecommendation>?> RecommendAsync(
        CustomerId customer, int limit, CancellationToken cancellationToken) => recommend(customer, limit, cancellationToken);

    /// <summary>Parts that there is something to learn of, under the names by which they are asked for.</summary>
    public IReadOnlyList<string> Parts => [.. Enum.GetValues<LearnedPart>().Where(learning.Has).Select(NameOf)];

    public LearningAnswer Read() => new(
        learning.Has(LearnedPart.Variants)
            ? new VariantsAnswer(learning.Variants.IsFrozen, [.. learning.Variants.Read().Select(VariantAnswer.Of)]) : null,
        learning.Items is { } items
            ? new ItemsAnswer(
                items.IsFrozen, items.Count, items.Figures.Judged, items.Figures.HitRate, items.Figures.MeanReciprocalRank) : null,
        learning.Statistics is { } shop
            ? new StatisticsAnswer(
                shop.IsFrozen, shop.Counts.Items, shop.Counts.Categories,
                double.IsFinite(shop.Conversion) ? shop.Conversion : null) : null);

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
public sealed record LearningAnswer(VariantsAnswer? Variants, ItemsAnswer? Items, StatisticsAnswer? Statistics)
{
    public static LearningAnswer Nothing { get; } = new(null, null, null);
}

/// <param name="Known">Items.</param>
/// <param name="Judged">Lists of 20 that were recommended before a customer's next item.</param>
/// <param name="HitRate">HR@20 of them; null before the first.</param>
/// <param name="Mrr">MRR@20 of them.</param>
public sealed record ItemsAnswer(bool IsFrozen, int Known, long Judged, double? HitRate, double? Mrr);

/// <param name="Conversion">Pieces ordered for each look, fading.</param>
public sealed record StatisticsAnswer(bool IsFrozen, int Items, int Categories, double? Conversion);

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
