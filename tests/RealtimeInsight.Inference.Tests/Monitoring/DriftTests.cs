using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Inference.Tests.Monitoring;

public sealed class DriftTests
{
    private const int Rows = 100_000;

    [Fact]
    public void Psi_OfTheSameDistribution_IsAboutWhatChanceGives()
    {
        var histogram = new DriftHistogram(Reference(), Rows);
        var random = new Random(4);
        for (var i = 0; i < 20_000; i++) histogram.Add(random.NextSingle());

        // Nine degrees of freedom over 20,000 and 100,000 values.
        Assert.InRange(histogram.Read()!.Value.Psi, 0, 4 * 9 * ((1d / 20_000) + (1d / Rows)));
        Assert.Equal(0, histogram.Read()!.Value.OutOfRange);
    }

    [Fact]
    public void Psi_OfAMovedDistribution_IsAsDefined()
    {
        var histogram = new DriftHistogram(Reference(), Rows);
        for (var i = 0; i < 10_000; i++) histogram.Add(i < 5_000 ? 0.05f : ((i % 100) / 100f) + 0.001f);

        // The first of ten bins holds 55 %, the others 5 % each.
        var expected = (0.45 * Math.Log(5.5)) + (9 * -0.05 * Math.Log(0.5));
        Assert.Equal(expected, histogram.Read()!.Value.Psi, 0.01);
    }

    [Fact]
    public void OutOfRange_CountsWhatTrainingNeverSaw()
    {
        var histogram = new DriftHistogram(Reference(), Rows);
        foreach (var value in new[] { 0.5f, 1.5f, -0.1f, float.NaN }) histogram.Add(value);

        Assert.Equal(0.75, histogram.Read()!.Value.OutOfRange);
        Assert.True(double.IsFinite(histogram.Read()!.Value.Psi));
    }

    [Fact]
    public void Turn_AfterAGap_ForgetsWhatWasBefore()
    {
        var histogram = new DriftHistogram(Reference(), Rows);
        histogram.Add(0.5f);
        histogram.Turn(isNext: true);
        Assert.NotNull(histogram.Read());

        histogram.Turn(isNext: false);
        Assert.Null(histogram.Read());
    }

    private static ReferenceHistogram Reference() => new(
        0, 1, [.. Enumerable.Range(1, 9).Select(static i => i / 10d)], [.. Enumerable.Repeat(0.1, 10)]);
}
