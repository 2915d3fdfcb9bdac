using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference.Learning;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;
using RealtimeInsight.Inference.Tests.Fakes;
using RealtimeInsight.Inference.Tests.Pool;

namespace RealtimeInsight.Inference.Tests.Learning;

public sealed class ScoreCorrectionsTests
{
    private const uint Stamp = 7;
    private static readonly Instant s_start = new(1_780_000_000_000);

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void Observe_OutcomesThatComeLongAfter_SettlesWithoutSwinging(int delayDays)
    {
        var corrections = new ScoreCorrections();

        // The loop is closed: what was learned changes the scores whose outcomes are learned from later.
        var shifts = Live(corrections, slope: 0.8, shift: -0.6, days: 170, delayDays);

        Assert.Equal(-0.6, shifts[^1], tolerance: 0.1);
        Assert.Equal(0.8, corrections.Of(Stamp).Purchase.Slope, tolerance: 0.1);
        Assert.All(shifts.TakeLast(60), shift => Assert.InRange(shift, -0.75, -0.4));
        Assert.Equal(HeadCorrection.Neutral, corrections.Of(Stamp).Churn);
        Assert.Equal(HeadCorrections.Neutral, corrections.Of(8));
    }

    [Fact]
    public void Reset_WhileOutcomesOfCorrectedScoresStillCome_TakesTheirCorrectionOut()
    {
        var corrections = new ScoreCorrections();
        Live(corrections, slope: 1, shift: -1, days: 60, delayDays: 5);
        Assert.InRange(corrections.Of(Stamp).Purchase.Shift, -1.1, -0.8);

        corrections.Reset(s_start + TimeSpan.FromDays(60));

        Assert.Equal(HeadCorrections.Neutral, corrections.Of(Stamp));
        Assert.True(corrections.Of(Stamp).Purchase.Outcomes == 0);
        Live(corrections, slope: 1, shift: -1, days: 60, delayDays: 5, from: 60);
        Assert.InRange(corrections.Of(Stamp).Purchase.Shift, -1.1, -0.8);
    }

    [Fact]
    public void Load_WhatWasWritten_GoesOnTheSame()
    {
        var (before, after) = (new ScoreCorrections(), new ScoreCorrections());
        Live(before, slope: 0.8, shift: -0.6, days: 40, delayDays: 5);

        after.Load(before.ToBytes());

        Assert.Equal(before.Of(Stamp), after.Of(Stamp));
        Assert.Equal(before.ToBytes(), after.ToBytes());
        Live(before, slope: 0.8, shift: -0.6, days: 10, delayDays: 5, from: 40);
        Live(after, slope: 0.8, shift: -0.6, days: 10, delayDays: 5, from: 40);
        Assert.Equal(before.Of(Stamp), after.Of(Stamp));
    }

    [Fact]
    public void Load_DamagedBytes_IsRefusedAndChangesNothing()
    {
        var corrections = new ScoreCorrections();
        Live(corrections, slope: 0.8, shift: -0.6, days: 40, delayDays: 5);
        var bytes = corrections.ToBytes();
        var known = corrections.Of(Stamp);
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var damaged = bytes.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            Assert.Throws<FormatException>(() => corrections.Load(damaged));
            Assert.Throws<FormatException>(() => corrections.Load(bytes.AsSpan(0, random.Next(bytes.Length))));
        }

        Assert.Equal(known, corrections.Of(Stamp));
    }

    [Fact]
    public void Observe_ManyVersions_KeepsTheLatest()
    {
        var corrections = new ScoreCorrections();
        for (var stamp = 1u; stamp <= ScoreCorrections.VersionsMax + 3; stamp++)
        {
            corrections.Know(stamp, Horizons(1));
            corrections.Observe(Resolved(0.5f, true, s_start, s_start + TimeSpan.FromHours(stamp)) with { Stamp = stamp });
        }

        Assert.Equal(ScoreCorrections.VersionsMax, corrections.Read().Count);
        Assert.DoesNotContain(1u, corrections.Read().Keys);
    }

    [Fact]
    public async Task Step_CorrectionsOfTheModel_AreInItsScoresUntilTheyAreReset()
    {
        await using var fixture = new PoolFixture();
        fixture.Serve();
        var stamp = fixture.Pool.Current!.Stamp;
        var trained = Purchase(fixture);
        var corrections = new ScoreCorrections();
        fixture.Pool.Corrections.Source = corrections;
        Assert.Equal(trained, Purchase(fixture));

        Live(corrections, slope: 1, shift: -1, days: 30, delayDays: 1, stamp: stamp);
        var found = corrections.Of(stamp).Purchase;
        var logit = (Math.Log(trained / (1 - trained)) * found.Slope) + found.Shift;

        Assert.Equal(1 / (1 + Math.Exp(-logit)), Purchase(fixture), tolerance: 1e-5);
        corrections.Reset(s_start + TimeSpan.FromDays(40));
        Assert.Equal(trained, Purchase(fixture));
        Live(corrections, slope: 1, shift: -1, days: 30, delayDays: 1, from: 50, stamp: stamp);
        Assert.NotEqual(trained, Purchase(fixture));
        fixture.Pool.Corrections.Source = null;
        Assert.Equal(trained, Purchase(fixture));
    }

    private static float Purchase(PoolFixture fixture)
    {
        var batch = TestInputs.Batch(seed: 1, rows: 1);
        Assert.Equal(ScoreOutcome.Scored, fixture.StepOnce(batch));
        return batch.Purchase[0];
    }

    /// <summary>A model whose logits have other odds in truth, its scores corrected as they are given; the shift after each day.</summary>
    private static List<double> Live(
        ScoreCorrections corrections, double slope, double shift, int days, int delayDays, int from = 0, uint stamp = Stamp)
    {
        corrections.Know(stamp, Horizons(delayDays));
        var random = new Random(from + delayDays);
        var waiting = new Queue<ResolvedScore>();
        var shifts = new List<double>();
        for (var day = from; day < from + days; day++)
        {
            for (var i = 0; i < 400; i++)
            {
                var at = s_start + TimeSpan.FromDays(day + (i / 400.0));
                while (waiting.TryPeek(out var due) && due.KnownAt <= at) corrections.Observe(waiting.Dequeue());
                var logit = (random.NextDouble() * 6) - 3;
                var inForce = corrections.Of(stamp).Purchase;
                var outcome = random.NextDouble() < 1 / (1 + Math.Exp(-((slope * logit) + shift)));
                var served = (float)(1 / (1 + Math.Exp(-((inForce.Slope * logit) + inForce.Shift))));
                waiting.Enqueue(Resolved(served, outcome, at, at + TimeSpan.FromDays(delayDays)) with { Stamp = stamp });
            }

            shifts.Add(corrections.Of(stamp).Purchase.Shift);
        }

        return shifts;
    }

    private static ModelHorizons Horizons(int days) => new() { ChurnDays = 30, AbandonmentHours = 24, PurchaseHours = days * 24 };

    private static ResolvedScore Resolved(float score, bool outcome, Instant at, Instant knownAt) =>
        new(ScoreHead.Purchase, 1, at, knownAt, Stamp, score, 0, 0, outcome);
}
