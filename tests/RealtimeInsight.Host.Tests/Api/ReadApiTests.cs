using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace RealtimeInsight.Host.Tests.Api;

public sealed class ReadApiTests
{
    [Fact]
    public async Task Customer_Known_IsAnsweredInSnakeCaseWithIsoTimes()
    {
        await using var host = await TestHost.StartAsync();
        host.Engine.Insights["alice"] = Sample.Insight("alice");

        var answer = await host.GetAsync("/v1/customers/alice");

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.Status, answer.MediaType));
        Assert.Equal("2026-03-01T12:00:00.000Z", (string)answer.Json["as_of"]!);
        Assert.Equal("behaviour/1", (string)answer.Json["scores"]!["model"]!);
        Assert.Equal(2.5, (double)answer.Json["scores"]!["age_seconds"]!);
        Assert.Equal("at_risk", (string)answer.Json["cart"]!["state"]!);
        Assert.Equal(30, (int)answer.Json["profile"]!["events_per_kind"]!["product_viewed"]!);
        Assert.Equal("cart-reminder", (string)answer.Json["last_decisions"]![0]!["rule"]!);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task Customer_AnonymousId_IsFoundWithAndWithoutItsPrefix()
    {
        await using var host = await TestHost.StartAsync();
        host.Engine.Insights["anon:v 1/ü"] = Sample.Insight("anon:v 1/ü");

        var bare = await host.GetAsync("/v1/customers/" + Uri.EscapeDataString("v 1/ü"));
        var prefixed = await host.GetAsync("/v1/customers/" + Uri.EscapeDataString("anon:v 1/ü"));

        Assert.Equal("anon:v 1/ü", (string)bare.Json["customer_id"]!);
        Assert.Equal("anon:v 1/ü", (string)prefixed.Json["customer_id"]!);
    }

    [Theory]
    [InlineData("/v1/customers/nobody", HttpStatusCode.NotFound, "anonymousId")]
    [InlineData("/v1/customers/nobody/timeline", HttpStatusCode.NotFound, "anonymousId")]
    [InlineData("/v1/customers/%01", HttpStatusCode.BadRequest, "U+0001")]
    [InlineData("/v1/customers/alice/timeline?limit=0", HttpStatusCode.BadRequest, "limit is 0")]
    [InlineData("/v1/customers/alice/timeline?limit=1001", HttpStatusCode.BadRequest, "limit is 1001")]
    [InlineData("/v1/customers?view=everyone", HttpStatusCode.BadRequest, "at_risk")]
    [InlineData("/v1/customers?limit=-1", HttpStatusCode.BadRequest, "limit is -1")]
    [InlineData("/v1/rejects?limit=2000", HttpStatusCode.BadRequest, "limit is 2000")]
    [InlineData("/v1/customers?limit=abc", HttpStatusCode.BadRequest, "limit is 'abc'; use 1 to 1000")]
    [InlineData("/v1/dead-letters?limit=99999999999", HttpStatusCode.BadRequest, "limit is '99999999999'; use 1 to 1000")]
    [InlineData("/v1/rejects?before=x", HttpStatusCode.BadRequest, "before is 'x'; use a whole number")]
    [InlineData("/v1/rejects?replayed=maybe", HttpStatusCode.BadRequest, "replayed is 'maybe'; use true or false")]
    [InlineData("/v1/decisions/d-9", HttpStatusCode.NotFound, "last_decisions")]
    public async Task Request_Wrong_AnswersAProblemWithTheRule(string path, HttpStatusCode status, string detail)
    {
        await using var host = await TestHost.StartAsync();
        host.Engine.Insights["alice"] = Sample.Insight("alice");

        var answer = await host.GetAsync(path);

        Assert.Equal((status, "application/problem+json"), (answer.Status, answer.MediaType));
        Assert.Contains(detail, (string)answer.Json["detail"]!);
        Assert.DoesNotContain("nobody", (string)answer.Json["detail"]!);
    }

    [Theory]
    [InlineData("/v1/customers?limit=many", HttpStatusCode.BadRequest)]
    [InlineData("/v1/nothing", HttpStatusCode.NotFound)]
    public async Task Request_Unreadable_AnswersAProblem(string path, HttpStatusCode status)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.GetAsync(path);

        Assert.Equal((status, "application/problem+json"), (answer.Status, answer.MediaType));
    }

    [Fact]
    public async Task Timeline_Limit_IsHandedOn()
    {
        await using var host = await TestHost.StartAsync();
        host.Engine.Insights["alice"] = Sample.Insight("alice");

        var answer = await host.GetAsync("/v1/customers/alice/timeline?limit=2");

        Assert.Equal(2, answer.Json.AsArray().Count);
        Assert.Equal("cart_added", (string)answer.Json[0]!["name"]!);
    }

    [Fact]
    public async Task AtRisk_ListsCustomers()
    {
        await using var host = await TestHost.StartAsync();
        host.Engine.Insights["alice"] = Sample.Insight("alice");

        var answer = await host.GetAsync("/v1/customers?view=at_risk&limit=5");

        var row = Assert.Single(answer.Json.AsArray())!;
        Assert.Equal(("alice", "at_risk", 59.9m), ((string)row["customer_id"]!, (string)row["cart_state"]!, (decimal)row["cart_value"]!));
    }

    [Fact]
    public async Task Decision_Known_HasItsRecordAndAttempts()
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.GetAsync("/v1/decisions/d-1");

        Assert.Equal("default", (string)answer.Json["record"]!["policy"]!);
        Assert.Equal("delivered", (string)answer.Json["attempts"]![0]!["result"]!);
        Assert.Equal("d-1", (string)answer.Json["summary"]!["decision_id"]!);
    }

    [Fact]
    public async Task Status_TellsCountersAndUptime()
    {
        await using var host = await TestHost.StartAsync();
        await host.GetAsync("/v1/status");
        host.Time.Now += TimeSpan.FromSeconds(90);

        var answer = await host.GetAsync("/v1/status");

        Assert.Equal(90, (double)answer.Json["uptime_seconds"]!);
        Assert.Equal(3, (int)answer.Json["engine"]!["deadlines_armed"]!);
        Assert.False((bool)answer.Json["is_demo"]!);
    }

    public static TheoryData<string> Reads =>
    [
        "/v1/customers/alice", "/v1/customers/alice/timeline", "/v1/customers", "/v1/decisions/d-1", "/v1/rejects", "/v1/status",
        "/v1/live", "/v1/rejects/1", "/v1/dead-letters", "/v1/dead-letters/d-1", "/v1/endpoints",
    ];

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Read_WithoutReadKey_Answers401(string path)
    {
        await using var host = await TestHost.StartAsync();

        foreach (var key in new[] { null, "wrong-key-1", TestHost.WriteKey, "demo" })
        {
            var answer = await host.GetAsync(path, key);
            Assert.Equal((HttpStatusCode.Unauthorized, "application/problem+json"), (answer.Status, answer.MediaType));
        }
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("X-Forwarded-For", false)]
    public async Task Read_InADemo_IsOpenOnThisMachineOnly(string? header, bool isOpen)
    {
        await using var host = await TestHost.StartAsync(isDemo: true);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        if (header is not null) request.Headers.Add(header, "203.0.113.7");

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(isOpen ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Read_BasicWithReadKey_IsAllowed()
    {
        await using var host = await TestHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        request.Headers.Authorization = TestHost.Basic(TestHost.ReadKey);

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Read_EngineUnavailable_Answers503WithRetryAfter()
    {
        await using var host = await TestHost.StartAsync();
        host.Engine.IsUnavailable = true;

        var answer = await host.GetAsync("/v1/customers/alice");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (answer.Status, answer.MediaType));
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter?.Delta);
    }

    [Theory]
    [InlineData("/v1/customers/alice/explain")]
    [InlineData("/v1/customers/alice/explain?head=luck")]
    [InlineData("/v1/decisions/d-1/explain?head=Churn")]
    public async Task Explain_AnUnknownHead_Answers400(string path)
    {
        await using var host = await TestHost.StartAsync();
        var answer = await host.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("use churn, abandonment or purchase", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenApi_DescribesEveryEndpoint()
    {
        await using var host = await TestHost.StartAsync();

        var document = (await host.GetAsync("/openapi/v1.json", key: null)).Json;

        string[] expected =
        [
            "/v1/track", "/v1/identify", "/v1/page", "/v1/screen", "/v1/group", "/v1/alias", "/v1/batch", "/v1/customers/{id}",
            "/v1/customers/{id}/timeline", "/v1/customers", "/v1/decisions/{id}", "/v1/rejects", "/v1/rejects/{id}",
            "/v1/rejects/{id}/replay", "/v1/learning", "/v1/learning/export", "/v1/learning/freeze", "/v1/learning/unfreeze",
            "/v1/learning/reset", "/v1/learning/rollback", "/v1/customers/{id}/recommendations", "/v1/dead-letters",
            "/v1/dead-letters/{decision_id}", "/v1/dead-letters/{decision_id}/redrive", "/v1/dead-letters/redrive", "/v1/endpoints",
            "/v1/endpoints/{name}/enable", "/v1/endpoints/{name}/disable", "/v1/status", "/v1/live", "/health/live", "/health/ready",
            "/v1/customers/{id}/explain", "/v1/decisions/{id}/explain",
            "/v1/models", "/v1/models/register", "/v1/models/promote", "/v1/models/rollback", "/v1/models/share", "/v1/models/shadow",
            "/v1/customers/{id}/merge", "/v1/customers/{id}/unmerge", "/v1/texts/classify", "/v1/models/watch",
            "/v1/models/retraining", "/v1/models/retraining/train", "/v1/models/retraining/approve", "/v1/models/retraining/reject",
            "/v1/models/corrections", "/v1/models/corrections/reset",
            "/v1/next-items", "/v1/next-items/register", "/v1/next-items/promote", "/v1/next-items/rollback",
        ];
        Assert.Equal(expected.Order(), document["paths"]!.AsObject().Select(path => path.Key).Order());
        Assert.StartsWith("3.", (string)document["openapi"]!);
        Assert.Equal("bearer", (string)document["components"]!["securitySchemes"]!["key"]!["scheme"]!);
        Assert.Contains(
            "as_of", document["components"]!["schemas"]!["CustomerInsight"]!["properties"]!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task Console_IsServedWithStrictHeaders()
    {
        await using var host = await TestHost.StartAsync();

        using var response = await host.Client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        var policy = string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self';", policy);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Rejects_AreListedNewestFirst()
    {
        await using var host = await TestHost.StartAsync();
        await host.PostAsync("/v1/track", """{"userId":"a"}""");
        await host.PostAsync("/v1/track", """{"event":"x"}""");

        var answer = await host.GetAsync("/v1/rejects?limit=1");

        var row = Assert.Single(answer.Json["items"]!.AsArray())!;
        Assert.Equal("missing_id", (string)row["code"]!);
        Assert.Equal("http", (string)row["source"]!);
        Assert.Equal("""{"event":"x"}""", (string)row["payload"]!);
        Assert.IsAssignableFrom<JsonValue>(row["received_at"]);
    }
}
