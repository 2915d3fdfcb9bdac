using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RealtimeInsight.Cli.Tests.Kill;

/// <summary>The load of the kill test says what is wrong with it.</summary>
public sealed class KillLoadTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task WhileSending_ASenderThatFails_FailsWithItsOwnMessage_WhateverElseIsAwaited()
    {
        await using var server = await AnsweringAsync(StatusCodes.Status400BadRequest, "events of no kind that is known");
        using var load = new KillLoad(new KillEvents(1, DateTimeOffset.UnixEpoch), TimeProvider.System);
        var never = new TaskCompletionSource();

        load.Publish(new Uri(server.Urls.First()), batches: 1);
        var failed = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => load.WhileSendingAsync(never.Task).WaitAsync(s_patience));

        Assert.Contains("events of no kind that is known", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhileSending_WhatIsAwaited_IsDoneWithIt()
    {
        using var load = new KillLoad(new KillEvents(1, DateTimeOffset.UnixEpoch), TimeProvider.System);

        await load.WhileSendingAsync(load.AcksAsync(0)).WaitAsync(s_patience);

        Assert.StartsWith("0 batches acknowledged in all", load.Standing, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> AnsweringAsync(int status, string text)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.Run(async context =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(text);
        });
        await server.StartAsync();
        return server;
    }
}
