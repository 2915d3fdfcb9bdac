using RealtimeInsight.Cli.Bench;
using RealtimeInsight.Cli.Bench.Http;

namespace RealtimeInsight.Cli.Tests.Bench;

public sealed class LoadScenarioTests
{
    [Fact]
    public async Task Http_SmallRun_EndsWithItsFigures()
    {
        var report = await BenchRun.OfAsync(
            new HttpScenario(), ("customers", 40), ("events", 200), ("runs", 1), ("batch", 20), ("connections", 2));

        Assert.InRange(report.Median("events_per_second")!.Value, 1, 1e9);
        Assert.InRange(report.Median("p99_ms")!.Value, report.Median("p50_ms")!.Value, 1e6);
        Assert.InRange(report.Median("json_bytes_per_event")!.Value, 300, 1000);
        Assert.InRange(report.Median("cpu_us_per_event")!.Value, 0.01, 1e6);
        Assert.NotNull(report.Median("events_per_second_without_disk"));
    }

    [Fact]
    public async Task Latency_SmallRun_EndsWithItsFigures()
    {
        var report = await BenchRun.OfAsync(
            new LatencyScenario(), ("customers", 50), ("runs", 1), ("seconds", 0.1), ("batch", 2), ("rate", 400));

        Assert.InRange(report.Median("p999_ms")!.Value, report.Median("p50_ms")!.Value, 1e6);
        Assert.True(report.Median("highest_events_per_second") > 0);
    }

    [Fact]
    public async Task Read_SmallRun_EndsWithItsFigures()
    {
        var report = await BenchRun.OfAsync(
            new ReadScenario(), ("customers", 50), ("runs", 1), ("seconds", 0.1), ("reads", 100), ("batch", 2), ("rate", 400));

        Assert.InRange(report.Median("p99_ms")!.Value, report.Median("p50_ms")!.Value, 1e6);
    }

    [Fact]
    public async Task OpenLoop_StalledAnswers_CountFromWhenTheyWereDue()
    {
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sent = 0;

        // Every answer waits for the last send, 50 ms after the first one was due.
        var result = await new OpenLoop(TimeProvider.System).RunAsync(1000, 51, async _ =>
        {
            if (Interlocked.Increment(ref sent) == 51) stalled.SetResult();
            await stalled.Task.ConfigureAwait(false);
        }, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(51, result.Latencies.Count);
        Assert.True(result.Latencies.At(1) >= 50);
        Assert.True(result.Latencies.At(0.5) >= 25);
    }

    [Fact]
    public async Task OpenLoop_FailedSend_IsAFailure()
    {
        var fault = await Assert.ThrowsAsync<CliException>(() => new OpenLoop(TimeProvider.System).RunAsync(
            1000, 3, static i => i == 1 ? throw new InvalidOperationException("broken") : ValueTask.CompletedTask, CancellationToken.None));

        Assert.Contains("broken", fault.Message);
    }

    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(0.999, 100)]
    [InlineData(1, 100)]
    [InlineData(0, 1)]
    public void Profile_Share_IsNotExceeded(double share, double value) =>
        Assert.Equal(value, new LatencyProfile(Enumerable.Range(1, 100).Reverse().Select(i => (double)i)).At(share));
}
