using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Inference.Tests.Monitoring;

/// <summary>The figures in bounded memory against the same figures computed exactly from all scores.</summary>
public sealed class QualityTallyTests
{
    [Fact]
    public void Figures_OfAnySample_AreWithinTheStatedErrorOfTheExactOnes() =>
        Prop.ForAll<int>(static seed =>
        {
            var sample = Sample(seed, 2 + (int)((uint)seed % 900));
            var figures = Tally(sample).Read()!;

            AssertWithin(figures, sample);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Auc_OfManySkewedScores_IsKnownToAFewThousandths()
    {
        var sample = Sample(7, 40_000);
        var figures = Tally(sample).Read()!;

        AssertWithin(figures, sample);
        Assert.InRange(figures.AucError, 0, 3e-3);
        Assert.InRange(figures.AucSpread!.Value, 0.001, 0.01);
    }

    [Fact]
    public void Auc_OfOneClass_IsUnknown()
    {
        var tally = Tally([(0.2f, true), (0.7f, true)]);

        Assert.Null(tally.Read()!.Auc);
        Assert.Equal(1d, tally.Read()!.BaseRate);
        Assert.Null(new QualityTally().Read());
    }

    [Fact]
    public void CalibrationError_OfScoresTwiceTooHigh_IsTheirMeanDistance()
    {
        var random = new Random(3);
        var tally = new QualityTally();
        for (var i = 0; i < 50_000; i++)
        {
            var truth = random.NextSingle() * 0.5f;
            tally.Add(truth * 2, random.NextSingle() < truth);
        }

        // Truth is 0.25 in the mean, and so is the distance from twice as much.
        Assert.Equal(0.25, tally.Read()!.CalibrationError, 0.01);
        Assert.Equal(0.5, tally.Read()!.MeanScore, 0.01);
    }

    [Fact]
    public void Add_OfAScoreOutOfRange_CountsAtTheNearestEnd()
    {
        var tally = Tally([(-1f, false), (2f, true), (float.NaN, false)]);

        Assert.Equal((3L, 1d, 0d), (tally.Read()!.N, tally.Read()!.Auc, tally.Read()!.Brier));
    }

    [Fact]
    public void Panes_Turning_KeepTheLastOneToTwoWindows()
    {
        var panes = new PanedTally(TimeSpan.FromDays(7));
        var start = Instant.From(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));
        for (var day = 0; day < 60; day++)
        {
            panes.Add(start + TimeSpan.FromDays(day), 0.4f, day % 3 == 0);
            Assert.InRange(panes.Read()!.N, Math.Min(day + 1, 7), Math.Min(day + 1, 14));
        }

        panes.Add(start + TimeSpan.FromDays(200), 0.4f, outcome: true);
        Assert.Equal(1, panes.Read()!.N);
    }

    [Fact]
    public void Written_ReadBack_GivesTheSameFigures()
    {
        var panes = new PanedTally(TimeSpan.FromDays(7));
        var at = new Instant(1_000_000_000_000);
        foreach (var (score, outcome) in Sample(5, 3_000)) panes.Add(at += TimeSpan.FromMinutes(7), score, outcome);
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true)) panes.Write(writer);
        stream.Position = 0;
        var restored = new PanedTally(TimeSpan.FromDays(7));
        using var reader = new BinaryReader(stream);
        restored.Read(reader);

        Assert.Equivalent(panes.Read(), restored.Read(), strict: true);
        Assert.Equal(panes.Since, restored.Since);
    }

    [Fact]
    public void PairedLoss_OfAWorseModel_HasAnIntervalAboveZero()
    {
        var random = new Random(9);
        var (worse, same) = (new PairedLoss(), new PairedLoss());
        for (var i = 0; i < 20_000; i++)
        {
            var truth = 0.1f + (random.NextSingle() * 0.6f);
            var outcome = random.NextSingle() < truth;
            worse.Add((ulong)random.NextInt64(), 0.4f, truth, outcome);
            same.Add((ulong)random.NextInt64(), truth + ((i % 2 == 0) ? 1e-4f : -1e-4f), truth, outcome);
        }

        Assert.True(worse.Read()!.From > 0.01, $"{worse.Read()}");
        Assert.True(same.Read()!.From < 0 && same.Read()!.To > 0, $"{same.Read()}");
    }

    [Fact]
    public void PairedLoss_OfRepeatedScoresOfFewCustomers_IsLessCertain()
    {
        var random = new Random(9);
        var (repeated, fresh) = (new PairedLoss(), new PairedLoss());
        for (var customer = 0; customer < 60; customer++)
        {
            var (model, outcome) = (0.2f + (random.NextSingle() * 0.4f), random.NextSingle() < 0.4f);
            for (var i = 0; i < 50; i++)
            {
                repeated.Add((ulong)customer, model, 0.4f, outcome);
                fresh.Add((ulong)random.NextInt64(), 0.2f + (random.NextSingle() * 0.4f), 0.4f, random.NextSingle() < 0.4f);
            }
        }

        var (wide, narrow) = (repeated.Read()!, fresh.Read()!);
        Assert.True(wide.To - wide.From > 3 * (narrow.To - narrow.From), $"{wide} and {narrow}");
    }

    private static void AssertWithin(QualityFigures figures, List<(float Score, bool Outcome)> sample)
    {
        Assert.Equal(sample.Count, figures.N);
        Assert.Equal(sample.Average(one => Math.Pow(one.Score - (one.Outcome ? 1d : 0d), 2)), figures.Brier, 1e-9);
        Assert.Equal(sample.Average(one => QualityTally.LogLossOf(one.Score, one.Outcome)), figures.LogLoss, 1e-9);
        var exact = ExactAuc(sample);
        Assert.Equal(exact is null, figures.Auc is null);
        if (exact is { } area) Assert.InRange(figures.Auc!.Value, area - figures.AucError - 1e-12, area + figures.AucError + 1e-12);
    }

    /// <summary>By ranks, ties at their mean.</summary>
    private static double? ExactAuc(List<(float Score, bool Outcome)> sample)
    {
        var positives = sample.Count(static one => one.Outcome);
        var negatives = sample.Count - positives;
        if (positives == 0 || negatives == 0) return null;
        double ranks = 0, rank = 0;
        foreach (var tied in sample.GroupBy(static one => one.Score).OrderBy(static group => group.Key))
        {
            var count = tied.Count();
            ranks += tied.Count(static one => one.Outcome) * (rank + ((count + 1) / 2d));
            rank += count;
        }

        return (ranks - (positives * (positives + 1d) / 2)) / ((double)positives * negatives);
    }

    private static QualityTally Tally(IEnumerable<(float Score, bool Outcome)> sample)
    {
        var tally = new QualityTally();
        foreach (var (score, outcome) in sample) tally.Add(score, outcome);
        return tally;
    }

    private static List<(float Score, bool Outcome)> Sample(int seed, int count)
    {
        var random = new Random(seed);
        var sharpness = 0.5 + (random.NextDouble() * 6);
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                var score = (float)Math.Pow(random.NextDouble(), sharpness);
                return (score, random.NextDouble() < (0.2 + (0.6 * score)));
            }),
        ];
    }
}
