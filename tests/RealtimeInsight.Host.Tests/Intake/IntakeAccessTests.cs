using System.Net;
using System.Net.Http.Headers;
using System.Text;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Intake;

public sealed class IntakeAccessTests
{
    private const string Body = """{"userId":"a","event":"x"}""";

    [Theory]
    [InlineData("basic:write-key-1:", null, true)]
    [InlineData("bearer:write-key-1", null, true)]
    [InlineData(null, "write-key-1", true)]
    [InlineData("bearer:some-oauth-token", "write-key-1", true)]
    [InlineData("basic:wrong-key-1:", "write-key-1", true)]
    [InlineData(null, null, false)]
    [InlineData(null, "", false)]
    [InlineData(null, "wrong-key-1", false)]
    [InlineData("basic:wrong-key-1:", null, false)]
    [InlineData("basic:write-key-1", null, false)]
    [InlineData("basic:write-key-1:password", null, false)]
    [InlineData("basic:read-key-1:", null, false)]
    [InlineData("bearer:", null, false)]
    [InlineData("raw:Basic !!!", null, false)]
    [InlineData("raw:Digest write-key-1", null, false)]
    [InlineData("basic:demo:", null, false)]
    public async Task Key_InEachPlace_IsCheckedInEach(string? header, string? bodyKey, bool isAllowed)
    {
        await using var host = await TestHost.StartAsync();
        var body = bodyKey is null ? Body : $$"""{"writeKey":"{{bodyKey}}",{{Body[1..]}}""";

        var answer = await host.PostAsync("/v1/track", body, key: null, change: request => SetHeader(request, header));

        Assert.Equal(isAllowed ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.Status);
        if (isAllowed) return;
        Assert.Equal((-1, RejectCodes.Unauthorized), (answer.Reject(0).Index, answer.Reject(0).Code));
        Assert.Contains("Basic", answer.Headers.WwwAuthenticate.ToString());
        Assert.Empty(host.Engine.Events);
        var kept = Assert.Single(host.Engine.Rejects);
        Assert.Equal((RejectCodes.Unauthorized, ""), (kept.Code, kept.Payload));
    }

    [Theory]
    [InlineData("demo", null, null, true)]
    [InlineData("write-key-1", null, null, true)]
    [InlineData("demo2345", null, null, false)]
    [InlineData("demo", "X-Forwarded-For:203.0.113.7", null, false)]
    [InlineData("demo", "Forwarded:for=203.0.113.7", null, false)]
    [InlineData("demo", "Origin:https://shop.example", null, false)]
    [InlineData("demo", "Origin:http://localhost:3000", null, true)]
    [InlineData("demo", null, "rebound.example", false)]
    [InlineData("demo", null, "localhost", true)]
    public async Task DemoKey_CountsOnThisMachineOnly(string key, string? header, string? hostName, bool isAllowed)
    {
        await using var host = await TestHost.StartAsync(isDemo: true);

        var answer = await host.PostAsync("/v1/track", Body, key, change: request =>
        {
            if (header is not null)
            {
                request.Headers.Add(header.Split(':')[0], header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            }
            if (hostName is not null) request.Headers.Host = hostName;
        });

        Assert.Equal(isAllowed ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.Status);
    }

    [Fact]
    public async Task Unauthorized_Flood_IsCountedButKeptWithinTheLimit()
    {
        await using var host = await TestHost.StartAsync(settings: new() { ["Intake:UnauthorizedKeptPerMinuteMax"] = "2" });

        for (var i = 0; i < 5; i++) await host.PostAsync("/v1/track", Body, "wrong-key-1");
        host.Time.Now += TimeSpan.FromMinutes(1);
        await host.PostAsync("/v1/track", Body, "wrong-key-1");

        Assert.Equal(3, host.Engine.Rejects.Count);
        await host.AssertMetricAsync(6, "realtime_insight_events_rejected_total", ("reason", "unauthorized"));
        await host.AssertMetricAsync(3, "realtime_insight_intake_rejects_not_kept_total", ("reason", "unauthorized"));
        await host.AssertMetricAsync(6, "realtime_insight_intake_requests_total", ("call", "track"), ("status", "401"));
    }

    private static void SetHeader(HttpRequestMessage request, string? header)
    {
        if (header is null) return;
        var kind = header[..header.IndexOf(':', StringComparison.Ordinal)];
        var value = header[(kind.Length + 1)..];
        if (kind == "raw") request.Headers.TryAddWithoutValidation("Authorization", value);
        else if (kind == "bearer") request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {value}");
        else request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(value)));
    }
}
