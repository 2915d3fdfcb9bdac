using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Learning;

public sealed class OnlineCalibrationTests
{
    private static readonly Instant s_start = new(1_780_000_000_000);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.7, -0.5)]
    [InlineData(1.4, 0.8)]
    public void Add_OutcomesOfOtherOdds_FindsThem(double slope, double shift)
    {
        var calibration = new OnlineCalibration(TimeSpan.FromDays(1));

        Feed(calibration, slope, shift, days: 60, seed: 3);

        Assert.Equal(slope, calibration.Slope, tolerance: 0.08);
        Assert.Equal(shift, calibration.Shift, tolerance: 0.08);
    }

    [Fact]
    public void Apply_LaterOutcomes_LoseLessThanUncorrected()
    {
        var calibration = new OnlineCalibration(TimeSpan.FromDays(1));
        Feed(calibration, 0.7, -0.5, days: 40, seed: 3);
        var random = new Random(4);
        double raw = 0, corrected = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var (probability, outcome) = Draw(random, 0.7, -0.5);
            raw += Loss(probability, outcome);
            corrected += Loss(calibration.Apply(probability), outcome);
        }

        Assert.True(corrected < raw * 0.97, $"{corrected / 20_000} against {raw / 20_000}");
    }

    [Fact]
    public void Add_AnyOutcomes_StaysWithinItsBoundsAndItsStep() => Prop.ForAll(Streams(), stream =>
    {
        var calibration = new OnlineCalibration(TimeSpan.FromDays(1));
        var (slope, shift) = (1.0, 0.0);
        foreach (var (probability, outcome, hours) in stream)
        {
            for (var i = 0; i < 40; i++) Add(calibration, probability, outcome, s_start + TimeSpan.FromHours(hours));
            var isStep = Math.Abs(calibration.Slope - slope) <= OnlineCalibration.StepMax + 1e-12
                && Math.Abs(calibration.Shift - shift) <= OnlineCalibration.StepMax + 1e-12;
            var isBound = calibration.Slope is >= OnlineCalibration.SlopeMin and <= OnlineCalibration.SlopeMax
                && Math.Abs(calibration.Shift) <= OnlineCalibration.ShiftMax && calibration.Apply(probability) is >= 0 and <= 1;
            if (!isStep || !isBound) return false;
            (slope, shift) = (calibration.Slope, calibration.Shift);
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Add_SameOutcomesOfEachDayInAnyOrder_GivesTheSameCorrection() => Prop.ForAll(Streams(), stream =>
    {
        var byDay = stream.GroupBy(one => one.Hours / 24).OrderBy(group => group.Key).ToList();
        var (first, second) = (new OnlineCalibration(TimeSpan.FromDays(1)), new OnlineCalibration(TimeSpan.FromDays(1)));
        var day = s_start - TimeSpan.FromMilliseconds(s_start.UnixMs % 86_400_000);
        foreach (var group in byDay)
        {
            foreach (var one in group) AddMany(first, one, day);
            foreach (var one in group.Reverse()) AddMany(second, one, day);
        }

        return first.Slope == second.Slope && first.Shift == second.Shift && first.Outcomes == second.Outcomes;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Add_OddsThatChangeFasterThanTheyAreKnown_DoesNoHarm()
    {
        // What was true 20 days ago, when the newest outcomes' scores were made, is the contrary of what is true now.
        var calibration = new OnlineCalibration(TimeSpan.FromDays(20));
        var (random, waiting) = (new Random(6), new Queue<(double Probability, bool Outcome, Instant At)>());
        double raw = 0, corrected = 0;
        for (var i = 0; i < 300 * 300; i++)
        {
            var at = s_start + TimeSpan.FromDays(i / 300.0);
            while (waiting.TryPeek(out var due) && due.At + TimeSpan.FromDays(20) <= at)
            {
                calibration.Add(due.Probability, due.Outcome, due.At, waiting.Dequeue().At + TimeSpan.FromDays(20));
            }

            var (probability, outcome) = Draw(random, 1, i / 300 / 20 % 2 == 0 ? 1 : -1);
            raw += Loss(probability, outcome);
            corrected += Loss(calibration.Apply(probability), outcome);
            waiting.Enqueue((probability, outcome, at));
        }

        Assert.InRange(corrected / raw, 0, 1.005);
    }

    [Fact]
    public void Reset_AfterLearning_IsAsNew()
    {
        var (again, fresh) = (new OnlineCalibration(TimeSpan.FromDays(1)), new OnlineCalibration(TimeSpan.FromDays(1)));
        Feed(again, 0.6, 1, days: 30, seed: 1);
        Assert.False(again.IsNeutral);

        again.Reset();

        Assert.True(again.IsNeutral);
        Assert.Equal(0.3, again.Apply(0.3));
        Feed(again, 1.3, -1, days: 12, seed: 2);
        Feed(fresh, 1.3, -1, days: 12, seed: 2);
        Assert.Equal((fresh.Slope, fresh.Shift, fresh.Outcomes), (again.Slope, again.Shift, again.Outcomes));
    }

    [Fact]
    public void Add_FewOutcomesOrOneKindOnly_ChangesNothing()
    {
        var calibration = new OnlineCalibration(TimeSpan.FromDays(1));
        for (var day = 0; day < 40; day++)
        {
            for (var i = 0; i < 100; i++) Add(calibration, 0.5, true, s_start + TimeSpan.FromDays(day));
        }

        Assert.True(calibration.IsNeutral);
    }

    [Fact]
    public void Add_OutcomesThatComeEarlyOfOneKindOnly_DoNotMislead()
    {
        // Half of the scores come true, and those are known at once; the others when the horizon is over.
        var calibration = new OnlineCalibration(TimeSpan.FromDays(30));
        var (random, waiting) = (new Random(5), new Queue<Instant>());
        for (var i = 0; i < 90 * 400; i++)
        {
            var at = s_start + TimeSpan.FromDays(i / 400.0);
            while (waiting.TryPeek(out var scored) && scored + TimeSpan.FromDays(30) <= at)
            {
                calibration.Add(0.5, outcome: false, waiting.Dequeue(), scored + TimeSpan.FromDays(30));
            }

            if (random.NextDouble() < 0.5) calibration.Add(0.5, outcome: true, at, at);
            else waiting.Enqueue(at);
            Assert.Equal(0.5, calibration.Apply(0.5), tolerance: 0.04);
        }
    }

    [Fact]
    public void Add_OutcomeOlderThanTheWindow_IsLeftOut()
    {
        var calibration = new OnlineCalibration(TimeSpan.FromDays(1));
        Add(calibration, 0.5, true, s_start + TimeSpan.FromDays(OnlineCalibration.Days + 9));

        Add(calibration, 0.5, true, s_start);

        Assert.Equal(1, calibration.Outcomes);
    }

    [Fact]
    public void Read_WhatWasWritten_GoesOnTheSame()
    {
        var before = new OnlineCalibration(TimeSpan.FromDays(1));
        Feed(before, 0.7, -0.5, days: 17, seed: 3);
        var output = new ArrayBufferWriter<byte>();
        before.Write(output);
        var reader = new ByteReader(output.WrittenSpan);

        var after = OnlineCalibration.Read(ref reader);

        Assert.True(reader.IsAtEnd);
        Assert.Equal((before.Slope, before.Shift, before.Outcomes), (after.Slope, after.Shift, after.Outcomes));
        foreach (var one in (OnlineCalibration[])[before, after]) Add(one, 0.4, true, s_start + TimeSpan.FromDays(18));
        Assert.Equal((before.Slope, before.Shift), (after.Slope, after.Shift));
    }

    [Fact]
    public void Read_OtherVersionOrBeyondTheBounds_IsMalformed()
    {
        var output = new ArrayBufferWriter<byte>();
        new OnlineCalibration(TimeSpan.FromDays(1)).Write(output);
        var (version, slope) = (output.WrittenSpan.ToArray(), output.WrittenSpan.ToArray());
        version[0] = 9;
        BitConverter.TryWriteBytes(slope.AsSpan(6), 7.0);

        Assert.Throws<FormatException>(() => Read(version));
        Assert.Throws<FormatException>(() => Read(slope));
        Assert.Throws<FormatException>(() => Read(output.WrittenSpan[..^1].ToArray()));

        static void Read(byte[] bytes)
        {
            var reader = new ByteReader(bytes);
            OnlineCalibration.Read(ref reader);
        }
    }

    /// <summary>An outcome that is known after a day.</summary>
    private static void Add(OnlineCalibration calibration, double probability, bool outcome, Instant at) =>
        calibration.Add(probability, outcome, at, at + TimeSpan.FromDays(1));

    private static void AddMany(OnlineCalibration calibration, (double Probability, bool Outcome, int Hours) one, Instant day)
    {
        for (var i = 0; i < 40; i++) Add(calibration, one.Probability, one.Outcome, day + TimeSpan.FromHours(one.Hours));
    }

    private static Arbitrary<List<(double Probability, bool Outcome, int Hours)>> Streams() =>
        (from probability in Gen.Choose(0, 1000)
         from outcome in Gen.Elements(true, false)
         from hours in Gen.Choose(0, 900)
         select (probability / 1000.0, outcome, hours)).ListOf().Select(list => list.ToList()).ToArbitrary();

    private static void Feed(OnlineCalibration calibration, double slope, double shift, int days, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < days * 500; i++)
        {
            var (probability, outcome) = Draw(random, slope, shift);
            Add(calibration, probability, outcome, s_start + TimeSpan.FromDays(i / 500.0));
        }
    }

    /// <summary>A probability as a model gives it, and an outcome of the odds that are true.</summary>
    private static (double Probability, bool Outcome) Draw(Random random, double slope, double shift)
    {
        var logit = (random.NextDouble() * 6) - 3;
        return (Sigmoid(logit), random.NextDouble() < Sigmoid((slope * logit) + shift));
    }

    private static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));

    private static double Loss(double probability, bool outcome) => -Math.Log(outcome ? probability : 1 - probability);
}
