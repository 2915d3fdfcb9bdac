using System.Net;
using System.Text;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Intake;

public sealed class IntakeLimitTests
{
    private const int KiB = 1024;

    [Theory]
    [InlineData(32 * KiB, HttpStatusCode.OK)]
    [InlineData((32 * KiB) + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Single_AtItsLargest_IsAccepted(int bytes, HttpStatusCode status)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/track", Padded(bytes));

        Assert.Equal(status, answer.Status);
        if (status == HttpStatusCode.OK) return;
        Assert.Equal((-1, RejectCodes.TooLarge), (answer.Reject(0).Index, answer.Reject(0).Code));
        await host.AssertMetricAsync(1, "realtime_insight_events_rejected_total", ("reason", "too_large"));
        Assert.Single(host.Engine.Rejects);
    }

    [Fact]
    public async Task Batch_EventTooLarge_LeavesItsNeighbours()
    {
        await using var host = await TestHost.StartAsync();
        var item = $$"""{"type":"track",{{Padded((32 * KiB) - 15)[1..]}}""";
        var large = item.Replace("xx", "xxx", StringComparison.Ordinal);

        var answer = await host.PostAsync("/v1/batch", $$"""{"batch":[{{item}},{{large}},{{item}}]}""");

        Assert.Equal(2, answer.Accepted);
        Assert.Equal((1, RejectCodes.TooLarge), (answer.Reject(0).Index, answer.Reject(0).Code));
        Assert.Equal(32 * KiB, Assert.Single(host.Engine.Rejects).Payload.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Batch_Over500KB_Answers413(bool isChunked)
    {
        await using var host = await TestHost.StartAsync();
        var items = string.Join(',', Enumerable.Repeat($$"""{"type":"track",{{Padded(20 * KiB)[1..]}}""", 26));

        var answer = await host.PostAsync("/v1/batch", $$"""{"batch":[{{items}}]}""", change: request =>
            request.Headers.TransferEncodingChunked = isChunked);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, RejectCodes.TooLarge), (answer.Status, answer.Reject(0).Code));
        Assert.Empty(host.Engine.Events);
    }

    [Theory]
    [InlineData(2500, HttpStatusCode.OK)]
    [InlineData(2501, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Batch_AtItsMostEvents_IsAccepted(int count, HttpStatusCode status)
    {
        await using var host = await TestHost.StartAsync();
        var items = string.Join(',', Enumerable.Repeat("""{"type":"page","anonymousId":"v"}""", count));

        var answer = await host.PostAsync("/v1/batch", $$"""{"batch":[{{items}}]}""");

        Assert.Equal(status, answer.Status);
        if (status == HttpStatusCode.OK) Assert.Equal(count, answer.Accepted);
        else Assert.Equal(RejectCodes.TooMany, answer.Reject(0).Code);
    }

    [Fact]
    public async Task Batch_Gzip_IsUnpacked()
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/batch", """{"batch":[{"type":"page","anonymousId":"v"}]}""", isGzip: true);

        Assert.Equal((HttpStatusCode.OK, 1), (answer.Status, answer.Accepted));
    }

    [Fact]
    public async Task Batch_GzipBomb_IsCutAtTheLimit()
    {
        await using var host = await TestHost.StartAsync();

        // 200 MB of blanks in 200 KB: the limit is on what comes out.
        var answer = await host.PostAsync("/v1/batch", "", change: request =>
        {
            request.Content = new ByteArrayContent(TestHost.Gzip(Enumerable.Repeat((byte)' ', 200_000_000).ToArray()));
            request.Content.Headers.ContentEncoding.Add("gzip");
        });

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, RejectCodes.TooLarge), (answer.Status, answer.Reject(0).Code));
    }

    [Theory]
    [InlineData("gzip", HttpStatusCode.BadRequest, RejectCodes.InvalidJson)]
    [InlineData("br", HttpStatusCode.UnsupportedMediaType, RejectCodes.UnsupportedType)]
    public async Task Encoding_NotWhatItSays_IsRejected(string encoding, HttpStatusCode status, string code)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/track", """{"userId":"a","event":"x"}""", change: request =>
            request.Content!.Headers.ContentEncoding.Add(encoding));

        Assert.Equal((status, code), (answer.Status, answer.Reject(0).Code));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task ContentType_AnyOrNone_IsReadAsJson(string? type)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/track", """{"userId":"a","event":"x"}""", type: type);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task Requests_OverTheLimitInFlight_Answer429WithRetryAfter()
    {
        var engine = new FakeEngine { Hold = new TaskCompletionSource() };
        await using var host = await TestHost.StartAsync(settings: new() { ["Intake:RequestsInFlightMax"] = "1" }, engine: engine);

        var first = host.PostAsync("/v1/page", """{"anonymousId":"v"}""");
        await engine.Begun.WaitAsync().WaitAsync(TestHost.Patience);
        var second = await host.PostAsync("/v1/page", """{"anonymousId":"v"}""");
        engine.Hold.SetResult();

        Assert.Equal((HttpStatusCode.TooManyRequests, RejectCodes.Unavailable), (second.Status, second.Reject(0).Code));
        Assert.Equal(TimeSpan.FromSeconds(2), second.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, (await first).Status);
    }

    [Fact]
    public async Task Engine_Unavailable_Answers503WithRetryAfter()
    {
        await using var host = await TestHost.StartAsync();
        host.Engine.IsUnavailable = true;

        var answer = await host.PostAsync("/v1/page", """{"anonymousId":"v"}""");
        var wrong = await host.PostAsync("/v1/track", """{"anonymousId":"v" """);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, RejectCodes.Unavailable), (answer.Status, answer.Reject(0).Code));
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter?.Delta);
        Assert.Equal((HttpStatusCode.BadRequest, RejectCodes.InvalidJson), (wrong.Status, wrong.Reject(0).Code));
        await host.AssertMetricAsync(1, "realtime_insight_intake_rejects_not_kept_total", ("reason", "invalid_json"));
    }

    [Fact]
    public async Task Engine_NotCommittingInTime_Answers503()
    {
        var engine = new FakeEngine { Hold = new TaskCompletionSource() };
        await using var host = await TestHost.StartAsync(settings: new() { ["Intake:CommitWaitMax"] = "00:00:01" }, engine: engine);

        var answer = await host.PostAsync("/v1/page", """{"anonymousId":"v"}""");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, RejectCodes.Unavailable), (answer.Status, answer.Reject(0).Code));
    }

    /// <summary>A track call of exactly so many bytes.</summary>
    private static string Padded(int bytes)
    {
        const string head = """{"userId":"a","event":"x","pad":"xx""";
        const string tail = "\"}";
        return head + new string('y', bytes - Encoding.UTF8.GetByteCount(head) - tail.Length) + tail;
    }
}
