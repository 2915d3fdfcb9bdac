using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Tests.Pool;

/// <summary>Which batch sizes warm-up chooses, by a clock that the model itself moves.</summary>
public sealed class BatchSizeTrialTests
{
    [Fact]
    public async Task Swap_RunsTakeAsLongAsTheirRows_KeepsEverySize()
    {
        await using var fixture = new PoolFixture();

        Assert.Equal([1, 2, 4, 8, 16, 20, 24, 28, 32, 40, 48, 56, 64], Chosen(fixture, static rows => 5 + rows));
    }

    [Fact]
    public async Task Swap_RunsOfAnySizeTakeTheSame_KeepsTheLargestAlone()
    {
        await using var fixture = new PoolFixture();

        Assert.Equal([64], Chosen(fixture, static _ => 50));
    }

    [Fact]
    public async Task Swap_SomeSizesGainNothing_LeavesThoseOut()
    {
        await using var fixture = new PoolFixture();

        // As wide as a device: up to 32 rows take one round, more take two.
        Assert.Equal([32, 64], Chosen(fixture, static rows => rows <= 32 ? 50 : 100));
    }

    [Fact]
    public async Task Swap_OneSlowRunOfASize_DoesNotCount()
    {
        await using var fixture = new PoolFixture();
        var runs = 0;

        Assert.Equal([32, 64], Chosen(fixture, rows => (rows <= 32 ? 50 : 100) * (runs++ % 17 == 0 ? 20 : 1)));
    }

    [Fact]
    public async Task Swap_SizesNamed_TakesThemWithoutATrial()
    {
        await using var fixture = new PoolFixture(static options => options.BatchSizes = [5, 50]);
        var runs = new List<int>();

        Assert.Equal([5, 50], Chosen(fixture, static _ => 50, runs.Add));
        Assert.Equal([5, 50, 64], runs.Where(static rows => rows > 1).Distinct().Order());
    }

    [Fact]
    public async Task Swap_ClockThatDoesNotMove_PadsToPowersOfTwo()
    {
        await using var fixture = new PoolFixture();

        Assert.Equal([1, 2, 4, 8, 16, 32, 64], Chosen(fixture, static _ => 0));
    }

    [Fact]
    public async Task Swap_SizesChosen_AreTold()
    {
        await using var fixture = new PoolFixture();

        Chosen(fixture, static rows => rows <= 32 ? 50 : 100);

        Assert.Contains(
            fixture.Logger.Entries, entry => entry.Text.EndsWith("its runs are padded to 32, 64 rows", StringComparison.Ordinal));
    }

    /// <summary>The sizes up to the warm-up's largest, of a model whose runs take what a function of their rows says.</summary>
    private static IEnumerable<int> Chosen(PoolFixture fixture, Func<int, double> microseconds, Action<int>? onRun = null)
    {
        var runner = new LinearModelRunner
        {
            OnRun = rows =>
            {
                onRun?.Invoke(rows);
                fixture.Time.Advance(TimeSpan.FromMicroseconds(microseconds(rows)));
            },
        };
        fixture.Pool.Swap(runner);
        return runner.PaddedTo!.Rows.TakeWhile(rows => rows <= fixture.Options.WarmUpRowsMax);
    }
}
