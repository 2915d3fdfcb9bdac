using System.Net;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Api;

public sealed class HealthTests
{
    [Fact]
    public async Task Ready_FromStartToStop_FollowsTheEngine()
    {
        await using var host = await TestHost.StartAsync(engine: new FakeEngine { StartHold = new TaskCompletionSource() });

        var starting = await host.GetAsync("/health/ready", key: null);
        var live = await host.GetAsync("/health/live", key: null);
        var early = await host.PostAsync("/v1/page", """{"anonymousId":"v"}""");
        host.Engine.StartHold!.SetResult();
        await host.ReadyAsync();
        var ready = await host.GetAsync("/health/ready", key: null);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not_ready"), (starting.Status, (string)starting.Json["status"]!));
        Assert.Contains("starting", (string)starting.Json["reasons"]![0]!);
        Assert.Equal((HttpStatusCode.OK, "live"), (live.Status, (string)live.Json["status"]!));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, RejectCodes.Unavailable), (early.Status, early.Reject(0).Code));
        Assert.Equal((HttpStatusCode.OK, "ready"), (ready.Status, (string)ready.Json["status"]!));
        Assert.Empty(ready.Json["reasons"]!.AsArray());
    }

    [Fact]
    public async Task Ready_BrokenModel_IsDegradedAndTakesEvents()
    {
        await using var host = await TestHost.StartAsync(
            engine: new FakeEngine { Problems = ["Model behaviour has no version in the repository."] });

        var ready = await host.GetAsync("/health/ready", key: null);
        var sent = await host.PostAsync("/v1/page", """{"anonymousId":"v"}""");

        Assert.Equal((HttpStatusCode.OK, "degraded"), (ready.Status, (string)ready.Json["status"]!));
        Assert.Contains("no version", (string)ready.Json["reasons"]![0]!);
        Assert.Equal(HttpStatusCode.OK, sent.Status);
    }

    [Fact]
    public async Task Engine_FailsToStart_StopsTheHostWithItsReason()
    {
        await using var host = await TestHost.StartAsync(engine: new FakeEngine { StartHold = new TaskCompletionSource() });

        host.Engine.StartHold!.SetException(new InvalidOperationException("the log is damaged at byte 17"));
        await host.Host.WaitForStopAsync(CancellationToken.None).WaitAsync(TestHost.Patience);

        Assert.Contains("the log is damaged at byte 17", host.Host.Problem);
    }
}
