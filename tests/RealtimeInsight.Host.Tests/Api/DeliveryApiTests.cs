using System.Net;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Tests.Api;

public sealed class DeliveryApiTests
{
    [Fact]
    public async Task DeadLetters_AreListedInPages_WithReasonAndCursor()
    {
        await using var host = await StartAsync(3);

        var first = await host.GetAsync("/v1/dead-letters?limit=2&channel=webhook&newer_than=24h&older_than=30m");
        var second = await host.GetAsync($"/v1/dead-letters?limit=2&cursor={(string)first.Json["next"]!}");

        Assert.Equal("no-store", first.Headers.CacheControl?.ToString());
        var letter = first.Json["items"]![0]!;
        Assert.Equal(
            ("d0", "alice", "webhook", 3, 503, "busy"),
            ((string)letter["decision_id"]!, (string)letter["customer_id"]!, (string)letter["channel"]!, (int)letter["attempts"]!,
                (int)letter["status_code"]!, (string)letter["reason"]!));
        Assert.Equal("d2", (string)Assert.Single(second.Json["items"]!.AsArray())!["decision_id"]!);
        Assert.Null(second.Json["next"]);
    }

    [Fact]
    public async Task DeadLetters_AgesInTheRequest_BecomeTimesOfTheDecision()
    {
        await using var host = await StartAsync(1);

        await host.GetAsync("/v1/dead-letters?channel=webhook&newer_than=24h&older_than=30m");

        var now = Instant.From(host.Time.Now);
        Assert.Equal(
            new DeadLetterFilter("webhook", now - TimeSpan.FromHours(24), now - TimeSpan.FromMinutes(30)), host.Engine.Delivery.Asked);
    }

    [Fact]
    public async Task DeadLetter_Known_HasItsAttemptsAndBody_AndCanBeRedrivenOnce()
    {
        await using var host = await StartAsync(1);

        var letter = await host.GetAsync("/v1/dead-letters/d0");
        var redriven = await PostAsync(host, "/v1/dead-letters/d0/redrive");
        var again = await PostAsync(host, "/v1/dead-letters/d0/redrive");

        Assert.Equal("delivered", (string)letter.Json["attempts"]![0]!["result"]!);
        Assert.Equal("default", (string)letter.Json["body"]!["policy"]!);
        Assert.Equal((HttpStatusCode.OK, 1), (redriven.Status, (int)redriven.Json["redriven"]!));
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (again.Status, again.MediaType));
    }

    [Fact]
    public async Task DeadLetters_RedrivenByFilter_AreCounted()
    {
        await using var host = await StartAsync(5);

        var answer = await PostAsync(host, "/v1/dead-letters/redrive", """{"channel":"webhook","newer_than":"2d","limit":3}""");

        Assert.Equal(3, (int)answer.Json["redriven"]!);
        Assert.Equal("webhook", host.Engine.Delivery.Asked!.Channel);
        Assert.Equal(2, host.Engine.Delivery.Letters.Count);
    }

    [Theory]
    [InlineData("/v1/dead-letters?limit=0", "limit is 0; use 1 to 1000")]
    [InlineData("/v1/dead-letters?newer_than=yesterday", "newer_than is not an age")]
    [InlineData("/v1/dead-letters?older_than=5w", "older_than is not an age")]
    [InlineData("/v1/dead-letters?cursor=bad", "cursor")]
    [InlineData("/v1/rejects?code=wrong", "code is not known")]
    [InlineData("/v1/rejects?from=yesterday", "from is not a time")]
    public async Task Read_Wrong_AnswersTheRule(string path, string detail)
    {
        await using var host = await StartAsync(1);

        var answer = await host.GetAsync(path);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.MediaType));
        Assert.Contains(detail, (string)answer.Json["detail"]!);
    }

    [Theory]
    [InlineData("""{"limit":10001}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"newer_than":"0s"}""", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    public async Task Redrive_Wrong_ChangesNothing(string body, HttpStatusCode status)
    {
        await using var host = await StartAsync(2);

        var answer = await PostAsync(host, "/v1/dead-letters/redrive", body);

        Assert.Equal(status, answer.Status);
        Assert.Equal(2, host.Engine.Delivery.Letters.Count);
    }

    [Fact]
    public async Task Endpoint_IsDisabledAndEnabled_ByName()
    {
        await using var host = await StartAsync(0);

        var disabled = await PostAsync(host, "/v1/endpoints/webhook/disable");
        var listed = await host.GetAsync("/v1/endpoints");
        var enabled = await PostAsync(host, "/v1/endpoints/webhook/enable");
        var unknown = await PostAsync(host, "/v1/endpoints/other/enable");

        Assert.Equal("disabled", (string)disabled.Json["state"]!);
        Assert.Equal("disabled", (string)Assert.Single(listed.Json.AsArray())!["state"]!);
        Assert.Equal("open", (string)enabled.Json["state"]!);
        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
        Assert.Contains("webhook", (string)unknown.Json["detail"]!);
    }

    [Theory]
    [InlineData("/v1/dead-letters/d0/redrive")]
    [InlineData("/v1/dead-letters/redrive")]
    [InlineData("/v1/endpoints/webhook/disable")]
    public async Task Change_WithoutAdminKeyOrFromAnotherSite_IsRefused(string path)
    {
        await using var host = await StartAsync(1);

        var withReadKey = await host.PostAsync(path, "{}", TestHost.ReadKey);
        var fromElsewhere = await host.PostAsync(
            path, "{}", TestHost.AdminKey, change: request => request.Headers.Add("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(HttpStatusCode.Unauthorized, withReadKey.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, fromElsewhere.Status);
        Assert.Single(host.Engine.Delivery.Letters);
        Assert.False(host.Engine.Delivery.IsDisabled);
    }

    private static Task<Answer> PostAsync(TestHost host, string path, string body = "") => host.PostAsync(path, body, TestHost.AdminKey);

    private static async Task<TestHost> StartAsync(int letters)
    {
        var host = await TestHost.StartAsync();
        host.Engine.Delivery.Letters.AddRange(Enumerable.Range(0, letters).Select(i =>
            new DeadLetter($"d{i}", "alice", "webhook", Sample.At, Sample.At, 3, 503, "busy")));
        return host;
    }
}
