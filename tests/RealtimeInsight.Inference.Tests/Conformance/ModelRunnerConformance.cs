using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Runners;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Tests.Conformance;

/// <summary>What every model runner has to do, whatever it runs on. One class a runner derives from it.</summary>
public abstract class ModelRunnerConformance
{
    private const float Tolerance = 1e-5f;

    /// <summary>A loaded runner; each test disposes of its own.</summary>
    protected abstract IModelRunner Load();

    /// <summary>Bytes that a run may allocate in the steady state.</summary>
    protected virtual long BytesARun => 0;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 256)]
    [InlineData(3, 3)]
    [InlineData(17, 64)]
    [InlineData(64, 64)]
    [InlineData(100, 100)]
    [InlineData(129, 200)]
    public void Step_ManyRowsAtOnce_EqualsOneByOne(int rows, int rowsMax)
    {
        using var runner = Load();
        var together = TestInputs.Batch(seed: rows, rows, rowsMax);
        var alone = new ScoreBatch(1) { Rows = 1 };

        runner.Step(together);

        for (var row = 0; row < rows; row++)
        {
            TestInputs.CopyRow(together, row, alone, 0);
            runner.Step(alone);
            AssertClose(alone.StateOutRow(0), together.StateOutRow(row));
            AssertClose([alone.Churn[0], alone.Abandonment[0], alone.Purchase[0]],
                [together.Churn[row], together.Abandonment[row], together.Purchase[row]]);
            AssertClose(alone.ItemQuery, together.ItemQuery.AsSpan(row * ModelContract.ItemQueryWidth, ModelContract.ItemQueryWidth));
        }
    }

    [Fact]
    public void Step_PaddedToOtherSizesInBetween_EqualsOneByOne()
    {
        using var runner = Load();
        var source = TestInputs.Batch(seed: 5, rows: 30, rowsMax: 40);
        var batch = TestInputs.Batch(seed: 5, rows: 30, rowsMax: 40);
        runner.Step(batch);
        var expected = batch.StateOut.AsSpan(0, 30 * ModelContract.StateWidth).ToArray();

        runner.PadTo(new BatchSizes([3, 20, 31]));
        foreach (var rows in (ReadOnlySpan<int>)[30, 1, 3, 4, 21, 40, 30])
        {
            batch.Rows = rows;
            for (var row = 0; row < Math.Min(rows, 30); row++) TestInputs.CopyRow(source, row, batch, row);
            runner.Step(batch);
            var compared = Math.Min(rows, 30) * ModelContract.StateWidth;
            AssertClose(expected.AsSpan(0, compared), batch.StateOut.AsSpan(0, compared));
        }
    }

    [Fact]
    public void Fold_EqualsSteps()
    {
        using var runner = Load();
        Prop.ForAll<int, byte>((seed, length) => AssertFoldEqualsSteps(runner, TestInputs.Sequence(seed, 1 + (length % 32))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    [Fact]
    public void Fold_InTwoParts_EqualsOneFold()
    {
        using var runner = Load();
        Prop.ForAll<int, byte, byte>((seed, length, cut) =>
        {
            var whole = TestInputs.Sequence(seed, 2 + (length % 31));
            var first = TestInputs.Sequence(seed, 1 + (cut % (whole.Length - 1)));
            var second = new FoldRequest(32) { Length = whole.Length - first.Length };
            runner.Fold(whole);
            runner.Fold(first);
            whole.Profile.CopyTo(second.Profile.AsSpan());
            first.StateOut.CopyTo(second.StateIn.AsSpan());
            whole.Tokens.AsSpan(first.Length * ModelContract.TokenFeatures, second.Length * ModelContract.TokenFeatures)
                .CopyTo(second.Tokens);
            whole.Ids.AsSpan(first.Length * ModelContract.TokenIds, second.Length * ModelContract.TokenIds).CopyTo(second.Ids);
            runner.Fold(second);

            AssertClose(whole.StateOut, second.StateOut);
            AssertClose(whole.Scores, second.Scores);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(33)]
    public void Fold_LengthOutsideTheRequest_Throws(int length)
    {
        using var runner = Load();
        var request = new FoldRequest(32) { Length = length };

        Assert.Throws<ArgumentOutOfRangeException>(() => runner.Fold(request));
    }

    [Fact]
    public void Fold_LongAndShortInTurn_EqualsSteps()
    {
        using var runner = Load();
        var request = TestInputs.Sequence(seed: 11, length: 200, lengthMax: 200);
        foreach (var length in (int[])[200, 3, 150, 200, 1, 64, 65])
        {
            request.Length = length;
            AssertFoldEqualsSteps(runner, request);
        }
    }

    [Fact]
    public void Step_SameInputTwice_GivesTheSameBits()
    {
        using var runner = Load();
        var first = TestInputs.Batch(seed: 9, rows: 40, rowsMax: 64);
        var second = TestInputs.Batch(seed: 9, rows: 40, rowsMax: 64);

        runner.Step(first);
        runner.Step(second);

        Assert.Equal(first.StateOut.AsSpan(0, 40 * ModelContract.StateWidth), second.StateOut.AsSpan(0, 40 * ModelContract.StateWidth));
        Assert.Equal(first.Churn.AsSpan(0, 40), second.Churn.AsSpan(0, 40));
    }

    [Fact]
    public void Step_WhatIsInRowsNotInUse_DoesNotMatter()
    {
        using var runner = Load();
        var clean = TestInputs.Batch(seed: 5, rows: 5, rowsMax: 64);
        var littered = TestInputs.Batch(seed: 5, rows: 5, rowsMax: 64);
        littered.Tokens.AsSpan(5 * ModelContract.TokenFeatures).Fill(float.NaN);
        littered.StateIn.AsSpan(5 * ModelContract.StateWidth).Fill(float.NaN);
        littered.Ids.AsSpan(5 * ModelContract.TokenIds).Fill(long.MaxValue);

        runner.Step(clean);
        runner.Step(littered);

        Assert.Equal(clean.StateOut.AsSpan(0, 5 * ModelContract.StateWidth), littered.StateOut.AsSpan(0, 5 * ModelContract.StateWidth));
    }

    [Fact]
    public void Step_BatchOfDifferentSizesInTurn_KeepsRowsApart()
    {
        using var runner = Load();
        var batch = TestInputs.Batch(seed: 6, rows: 64);
        var expected = TestInputs.Batch(seed: 6, rows: 64);
        runner.Step(expected);

        foreach (var rows in (int[])[64, 3, 17, 1, 64, 2])
        {
            for (var row = 0; row < rows; row++)
            {
                TestInputs.CopyRow(expected, row, batch, row);
            }

            batch.Rows = rows;
            runner.Step(batch);
            AssertClose(
                expected.StateOut.AsSpan(0, rows * ModelContract.StateWidth), batch.StateOut.AsSpan(0, rows * ModelContract.StateWidth));
        }
    }

    [Fact]
    public async Task Step_FourCallersAtOnce_GetWhatOneGets()
    {
        using var runner = Load();
        var expected = Enumerable.Range(0, 4).Select(seed => TestInputs.Batch(seed, rows: 48)).ToArray();
        foreach (var batch in expected)
        {
            runner.Step(batch);
        }

        using var start = new Barrier(expected.Length);
        var callers = expected.Select((_, seed) => Task.Factory.StartNew(
            () =>
            {
                var batch = TestInputs.Batch(seed, rows: 48);
                start.SignalAndWait(TimeSpan.FromSeconds(30));
                for (var run = 0; run < 200; run++)
                {
                    runner.Step(batch);
                    Assert.Equal(expected[seed].StateOut.AsSpan(), batch.StateOut.AsSpan());
                }
            },
            TaskCreationOptions.LongRunning));

        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void Step_BatchSharedByTwoRunners_WorksWithEither()
    {
        using var first = Load();
        var second = Load();
        var batch = TestInputs.Batch(seed: 8, rows: 10);
        first.Step(batch);
        var expected = batch.StateOut.ToArray();

        second.Step(batch);
        AssertClose(expected, batch.StateOut);
        second.Dispose();
        first.Step(batch);

        AssertClose(expected, batch.StateOut);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(9)]
    public void Step_RowsOutsideTheBatch_Throws(int rows)
    {
        using var runner = Load();
        var batch = new ScoreBatch(8) { Rows = rows };

        Assert.Throws<ArgumentOutOfRangeException>(() => runner.Step(batch));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(50)]
    [InlineData(64)]
    [InlineData(256)]
    public void Step_InTheSteadyState_AllocatesNothing(int rows)
    {
        using var runner = Load();
        var batch = TestInputs.Batch(seed: 1, rows, rowsMax: 256);

        Assert.InRange(BytesOf(() => runner.Step(batch)), 0, BytesARun);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(32)]
    public void Fold_InTheSteadyState_AllocatesNothing(int length)
    {
        using var runner = Load();
        var request = TestInputs.Sequence(seed: 1, length);

        Assert.InRange(BytesOf(() => runner.Fold(request)), 0, BytesARun);
    }

    [Fact]
    public void Dispose_Twice_IsHarmless()
    {
        var runner = Load();
        runner.Step(TestInputs.Batch(seed: 1, rows: 2));

        runner.Dispose();
        runner.Dispose();
    }

    protected static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= Tolerance, $"[{i}]: {expected[i]} and {actual[i]} differ");
        }
    }

    private static void AssertClose(HeadScores expected, HeadScores actual) => AssertClose(
        [expected.Churn, expected.Abandonment, expected.Purchase], [actual.Churn, actual.Abandonment, actual.Purchase]);

    private static void AssertFoldEqualsSteps(IModelRunner runner, FoldRequest request)
    {
        var step = new ScoreBatch(1) { Rows = 1 };
        request.Profile.CopyTo(step.Profile.AsSpan());
        request.StateIn.CopyTo(step.StateIn.AsSpan());
        runner.Fold(request);

        for (var at = 0; at < request.Length; at++)
        {
            request.Tokens.AsSpan(at * ModelContract.TokenFeatures, ModelContract.TokenFeatures).CopyTo(step.Tokens);
            request.Ids.AsSpan(at * ModelContract.TokenIds, ModelContract.TokenIds).CopyTo(step.Ids);
            runner.Step(step);
            step.StateOut.CopyTo(step.StateIn.AsSpan());
        }

        AssertClose(step.StateOut, request.StateOut);
        AssertClose(new HeadScores(step.Churn[0], step.Abandonment[0], step.Purchase[0]), request.Scores);
    }

    /// <summary>Bytes that the calling thread allocates in one run, once everything is bound.</summary>
    private static long BytesOf(Action run)
    {
        const int Runs = 100;
        var least = Allocation.Least(() =>
        {
            for (var i = 0; i < Runs; i++) run();
        });

        return (least + Runs - 1) / Runs;
    }
}
