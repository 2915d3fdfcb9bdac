using RealtimeInsight.Inference.Pool;

namespace RealtimeInsight.Inference.Tests.Pool;

public sealed class InferenceInstrumentsTests
{
    [Fact]
    public async Task Instruments_NamesAndUnits_AreAsDocumented()
    {
        await using var fixture = new PoolFixture();

        Assert.Equal(
            [
                "batch_size {row}", "customer_share 1", "failures {failure}", "folds {fold}", "model_loaded {model}",
                "model_refusals {refusal}",
                "queue_delay s", "queue_length {request}", "run_duration s", "scores {score}",
                "text_batch_size {text}", "text_run_duration s", "texts {text}",
            ],
            fixture.Metrics.Published
                .Select(instrument => $"{instrument.Name["realtime_insight.inference.".Length..]} {instrument.Unit}").Order());
        Assert.All(fixture.Metrics.Published, instrument => Assert.False(string.IsNullOrEmpty(instrument.Description)));
        Assert.All(fixture.Metrics.Published, instrument => Assert.Equal(InferenceInstruments.MeterName, instrument.Meter.Name));
    }
}
