using System.Diagnostics.Metrics;
using RealtimeInsight.Domain.Learning;

namespace RealtimeInsight.Engine.Learning;

/// <summary>What is learned as instruments. Tag values come from the policy.</summary>
public static class LearningInstruments
{
    /// <param name="read">What is learned of the variants now.</param>
    public static void ObserveVariants(Meter meter, Func<IReadOnlyList<LearnedVariant>> read)
    {
        ArgumentNullException.ThrowIfNull(meter);
        ArgumentNullException.ThrowIfNull(read);
        meter.CreateObservableGauge(
            "realtime_insight.variant.probability", () => Variants(read, static one => one.Probability), "1",
            "Probability with which a rule gives a variant now");
        meter.CreateObservableGauge(
            "realtime_insight.variant.reward_rate", () => Variants(read, static one => one.Posterior.Mean), "1",
            "Mean of what is believed of a variant's reward rate");
        meter.CreateObservableGauge(
            "realtime_insight.variant.decisions", () => Variants(read, static one => one.Given), "{decision}",
            "Decisions of a variant that count, decayed");
        meter.CreateObservableGauge(
            "realtime_insight.variant.decisions_open", () => Variants(read, static one => one.Open), "{decision}",
            "Decisions of a variant whose time for a reward has not passed");
    }

    internal static void Observe(Meter meter, EngineLearning learning)
    {
        ObserveVariants(meter, learning.Variants.Read);
        if (learning.Items is { } items)
        {
            Observe(meter, items);
            ObserveOrder(meter, learning);
        }

        if (learning.Statistics is { } statistics) Observe(meter, statistics);
    }

    private static void Observe(Meter meter, LiveItems items)
    {
        meter.CreateObservableGauge("realtime_insight.next_item.known", () => items.Count, "{item}", "Items that are known");
        meter.CreateObservableCounter(
            "realtime_insight.next_item.judged", () => items.Figures.Judged, "{list}",
            "Lists of 20 that were recommended before a customer's next item");
        meter.CreateObservableCounter(
            "realtime_insight.next_item.hits", () => items.Figures.Hits, "{list}", "Those of them that the next item was on");
        meter.CreateObservableCounter(
            "realtime_insight.next_item.reciprocal_ranks", () => items.Figures.ReciprocalSum, "{rank}",
            "Sum of 1 / rank of the next item on its list");
        meter.CreateObservableGauge(
            "realtime_insight.next_item.hit_rate", () => Known(items.Figures.HitRate), "1",
            "HR@20: part of the lists that the next item was on, since it is learned");
        meter.CreateObservableGauge(
            "realtime_insight.next_item.mrr", () => Known(items.Figures.MeanReciprocalRank), "1",
            "MRR@20: mean of 1 / rank of the next item on its list, since it is learned");
    }

    /// <summary>Both on the same looks, so that they compare; a process begins with 0, and so does an order that takes over.</summary>
    private static void ObserveOrder(Meter meter, EngineLearning learning)
    {
        meter.CreateObservableGauge(
            "realtime_insight.next_item.order.judged", () => learning.OrderFigures.Trained.Judged, "{list}",
            "Lists that were judged since the trained order serves");
        meter.CreateObservableGauge(
            "realtime_insight.next_item.order.hit_rate", () => Both(learning, static figures => figures.HitRate), "1",
            "HR@20 of the trained order that serves, and of live items alone before the same looks");
        meter.CreateObservableGauge(
            "realtime_insight.next_item.order.mrr", () => Both(learning, static figures => figures.MeanReciprocalRank), "1",
            "MRR@20 of the trained order that serves, and of live items alone before the same looks");
    }

    private static IEnumerable<Measurement<double>> Both(EngineLearning learning, Func<NextItemFigures, double?> value)
    {
        var (trained, live) = learning.OrderFigures;
        if (value(trained) is { } ours) yield return new Measurement<double>(ours, new KeyValuePair<string, object?>("order", "trained"));
        if (value(live) is { } theirs) yield return new Measurement<double>(theirs, new KeyValuePair<string, object?>("order", "live"));
    }

    private static void Observe(Meter meter, ShopStatistics statistics)
    {
        meter.CreateObservableGauge(
            "realtime_insight.shop.items", () => statistics.Counts.Items, "{item}", "Items whose looks are counted");
        meter.CreateObservableGauge(
            "realtime_insight.shop.categories", () => statistics.Counts.Categories, "{category}", "Categories that are counted");
        meter.CreateObservableGauge(
            "realtime_insight.shop.conversion", () => Known(statistics.Conversion), "1", "Pieces ordered for each look, fading");
    }

    private static IEnumerable<Measurement<double>> Known(double? value) =>
        value is { } known && double.IsFinite(known) ? [new Measurement<double>(known)] : [];

    private static IEnumerable<Measurement<double>> Variants(
        Func<IReadOnlyList<LearnedVariant>> read, Func<LearnedVariant, double> value) =>
        read().Select(one => new Measurement<double>(
            value(one), new KeyValuePair<string, object?>("rule", one.Rule), new KeyValuePair<string, object?>("variant", one.Variant)));
}
