using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Tests.Api;

public sealed class LiveStreamTests
{
    [Fact]
    public async Task Stream_CarriesStatusThenNotices()
    {
        await using var host = await TestHost.StartAsync(settings: new() { ["Api:LiveStatusInterval"] = "00:00:00.1" });
        using var stream = await OpenAsync(host);
        await host.Engine.SubscribedAsync();

        var first = await stream.NextAsync("status");
        host.Engine.Publish(new EngineNotice(Sample.At, "cart_at_risk", "alice", "59.90 EUR"));
        var notice = await stream.NextAsync("notice");
        var second = await stream.NextAsync("status");

        Assert.Equal("text/event-stream", stream.MediaType);
        Assert.Equal("behaviour/1", (string)first["engine"]!["model"]!);
        Assert.Equal(("cart_at_risk", "alice", "2026-03-01T12:00:00.000Z"),
            ((string)notice["type"]!, (string)notice["customer_id"]!, (string)notice["at"]!));
        Assert.NotNull(second["engine"]);
    }

    [Fact]
    public async Task Stream_HostStops_EndsItWithinTheStopTime()
    {
        var host = await TestHost.StartAsync();
        using var stream = await OpenAsync(host);
        await stream.NextAsync("status");

        var stopped = host.Host.App.StopAsync();
        await stream.EndAsync();
        await stopped.WaitAsync(InsightHost.StopMax);

        Assert.True(host.Engine.IsDisposed);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Stream_OverTheLimit_Answers429()
    {
        await using var host = await TestHost.StartAsync(settings: new() { ["Api:LiveStreamsMax"] = "1" });
        using var stream = await OpenAsync(host);
        await stream.NextAsync("status");

        var second = await host.GetAsync("/v1/live");

        Assert.Equal(HttpStatusCode.TooManyRequests, second.Status);
    }

    [Fact]
    public async Task Stream_BeforeTheEngineStarts_WaitsForIt()
    {
        await using var host = await TestHost.StartAsync(engine: new FakeEngine { StartHold = new TaskCompletionSource() });
        using var stream = await OpenAsync(host);
        var status = await stream.NextAsync("status");

        host.Engine.StartHold!.SetResult();
        await host.Engine.SubscribedAsync();
        host.Engine.Publish(new EngineNotice(Sample.At, "cart_opened", "bob", ""));

        Assert.False((bool)status["engine"]!["is_ready"]!);
        Assert.Equal("bob", (string)(await stream.NextAsync("notice"))["customer_id"]!);
    }

    private static async Task<EventStream> OpenAsync(TestHost host)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/live");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestHost.ReadKey);
        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(TestHost.Patience);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new EventStream(request, response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>Reads server-sent events one at a time.</summary>
    private sealed class EventStream(HttpRequestMessage request, HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        public string? MediaType => response.Content.Headers.ContentType?.MediaType;

        public async Task<JsonNode> NextAsync(string name)
        {
            string? current = null;
            while (await reader.ReadLineAsync().WaitAsync(TestHost.Patience) is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal)) current = line[7..];
                if (line.StartsWith("data: ", StringComparison.Ordinal) && current == name) return JsonNode.Parse(line[6..])!;
            }

            throw new InvalidOperationException($"the stream ended before a {name}");
        }

        public async Task EndAsync()
        {
            while (await reader.ReadLineAsync().WaitAsync(TestHost.Patience) is not null)
            {
            }
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
            request.Dispose();
        }
    }
}
