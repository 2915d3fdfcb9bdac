using System.Diagnostics.Metrics;
using RealtimeInsight.Domain.Learning;

namespace RealtimeInsight.Engine.Learning;

/// <summary>What is learned as instruments. Tag values come from the policy.</summary>
internal static class LearningInstruments
{
    public static void Observe(Meter meter, EngineLearning learning)
    {
        meter.CreateObservableGauge(
            "realtime_insight.variant.probability", () => Variants(learning, static one => one.Probability), "1",
            "Probability with which a rule gives a variant now");
        meter.CreateObservableGauge(
            "realtime_insight.variant.reward_rate", () => Variants(learning, static one => one.Posterior.Mean), "1",
            "Mean of what is believed of a variant's reward rate");
        meter.CreateObservableGauge(
            "realtime_insight.variant.decisions", () => Variants(learning, static one => one.Given), "{decision}",
            "Decisions of a variant that count, decayed");
        meter.CreateObservableGauge(
            "realtime_insight.variant.decisions_open", () => Variants(learning, static one => one.Open), "{decision}",
            "Decisions of a variant whose time for a reward has not passed");
    }

    private static IEnumerable<Measurement<double>> Variants(EngineLearning learning, Func<LearnedVariant, double> value) =>
        learning.Variants.Read().Select(one => new Measurement<double>(
            value(one), new KeyValuePair<string, object?>("rule", one.Rule), new KeyValuePair<string, object?>("variant", one.Variant)));
}
