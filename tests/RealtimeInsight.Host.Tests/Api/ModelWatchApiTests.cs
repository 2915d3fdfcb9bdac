using System.Net;

namespace RealtimeInsight.Host.Tests.Api;

public sealed class ModelWatchApiTests
{
    [Fact]
    public async Task Watch_OfARunningEngine_TellsLiveFiguresAndDrift()
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.GetAsync("/v1/models/watch");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var head = answer.Json["versions"]![0]!["heads"]![0]!;
        Assert.Equal(("churn", 0.71), ((string)head["head"]!, (double)head["live"]!["auc"]!));
        Assert.Equal("2026-03-01T12:00:00.000Z", (string)head["since"]!);
        Assert.Equal(0.3, (double)answer.Json["versions"]![0]!["drift"]!["inputs"]![0]!["psi"]!);
        Assert.Equal(12, (int)answer.Json["waiting"]![0]!["open"]!);
    }

    [Fact]
    public async Task Watch_WithoutAKey_IsRefused()
    {
        await using var host = await TestHost.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/v1/models/watch", key: null)).Status);
    }
}
