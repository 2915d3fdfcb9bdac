using System.Net;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Intake;

public sealed class RejectReplayTests
{
    private const string Json = "application/json";

    [Fact]
    public async Task Reject_OfASingleCall_IsRepairedByAPatch_AndKeepsItsTimeOfReceipt()
    {
        await using var host = await TestHost.StartAsync();
        await host.PostAsync("/v1/track", """{"userId":"ada","event":"Product Viewed","properties":{"product_id":"p1","price":-1}}""");
        var receivedAt = Instant.From(host.Time.Now);
        host.Time.Now += TimeSpan.FromHours(1);

        var answer = await ReplayAsync(host, 1, """{"properties":{"price":1}}""");

        Assert.Equal((HttpStatusCode.OK, "accepted", 1), (answer.Status, (string)answer.Json["outcome"]!, (int)answer.Json["accepted"]!));
        var item = Assert.Single(host.Engine.Events);
        Assert.Equal((EventKind.ProductViewed, "ada", "reject-1-0"), (item.Kind, item.Customer.Value, item.Id.Value));
        Assert.Equal((1m, "p1", receivedAt), (item.Products[0].Price, item.Products[0].ProductId, item.OccurredAt));
        var reject = (await host.GetAsync("/v1/rejects/1")).Json;
        Assert.Equal(("accepted", "track", false), ((string)reject["outcome"]!, (string)reject["call"]!, (bool)reject["is_cut"]!));
        Assert.NotNull(reject["replayed_at"]);
    }

    [Fact]
    public async Task Reject_ReplayedTwice_ComesInOnce()
    {
        await using var host = await TestHost.StartAsync();
        await host.PostAsync("/v1/track", """{"userId":"ada","event":"x"}""");
        await host.PostAsync("/v1/track", """{"event":"x","messageId":"m1"}""");

        var first = await ReplayAsync(host, 1, """{"userId":"ada"}""");
        var second = await ReplayAsync(host, 1, """{"userId":"somebody else"}""");

        Assert.False((bool)first.Json["was_done"]!);
        Assert.Equal(
            (HttpStatusCode.OK, true, "accepted"), (second.Status, (bool)second.Json["was_done"]!, (string)second.Json["outcome"]!));
        Assert.Single(host.Engine.Events, item => item.Id.Value == "m1");
    }

    [Fact]
    public async Task Reject_WhoseMarkWasLost_IsADuplicate()
    {
        await using var host = await TestHost.StartAsync();
        await host.PostAsync("/v1/track", """{"event":"x","messageId":"m1"}""");
        await host.PostAsync("/v1/track", """{"event":"x","messageId":"m1"}""");

        await ReplayAsync(host, 1, """{"userId":"ada"}""");
        var other = await ReplayAsync(host, 2, """{"userId":"ada"}""");

        Assert.Equal((HttpStatusCode.OK, "duplicate"), (other.Status, (string)other.Json["outcome"]!));
        Assert.Single(host.Engine.Events);
    }

    [Fact]
    public async Task Reject_OfABatch_KeepsWhatTheBatchSaidForAll()
    {
        await using var host = await TestHost.StartAsync();
        await host.PostAsync("/v1/batch", """
            {"sentAt":"2026-03-01T12:00:00Z","context":{"timezone":"Europe/Berlin"},"writeKey":"secret-key-1",
             "batch":[{"type":"page","anonymousId":"v"},{"type":"track","event":"x","timestamp":"2026-03-01T11:59:00Z"}]}
            """);

        await ReplayAsync(host, 1, """{"userId":"ada"}""");

        var item = host.Engine.Events[^1];
        Assert.Equal(("ada", "Europe/Berlin"), (item.Customer.Value, item.TimeZone));
        Assert.Equal(TimeSpan.FromMinutes(1), item.IngestedAt - item.OccurredAt);
    }

    [Fact]
    public async Task Reject_OfAWholeRequest_IsReplacedByACorrectedOne_AndItsNewRejectsAreKept()
    {
        await using var host = await TestHost.StartAsync();
        await host.PostAsync("/v1/batch", """{"batch":[{"type":"page","userId":"ada"}""");

        var asItIs = await ReplayAsync(host, 1, "");
        var replaced = await ReplayAsync(host, 1, """{"batch":[{"type":"page","userId":"ada"},{"type":"page"}]}""", Json);
        var patched = await ReplayAsync(host, 2, """{"anonymousId":"v"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (asItIs.Status, asItIs.MediaType));
        Assert.Contains("not JSON", (string)asItIs.Json["detail"]!);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "rejected", 1), (replaced.Status, (string)replaced.Json["outcome"]!,
            (int)replaced.Json["accepted"]!));
        Assert.Equal("missing_id", (string)replaced.Json["rejected"]![0]!["code"]!);
        Assert.Equal("accepted", (string)patched.Json["outcome"]!);
        Assert.Equal(["ada", "anon:v"], host.Engine.Events.Select(item => item.Customer.Value));
    }

    [Fact]
    public async Task Reject_StillWrong_SaysSo_AndCanBeTriedAgain()
    {
        await using var host = await TestHost.StartAsync();
        await host.PostAsync("/v1/track", """{"event":"x"}""");

        var again = await ReplayAsync(host, 1, "");
        var repaired = await ReplayAsync(host, 1, """{"userId":"ada"}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "rejected"), (again.Status, (string)again.Json["outcome"]!));
        Assert.Equal("missing_id", (string)again.Json["rejected"]![0]!["code"]!);
        Assert.Equal("accepted", (string)repaired.Json["outcome"]!);
        Assert.Single(host.Engine.Rejects);
    }

    [Fact]
    public async Task LateEvent_IsTakenInOnlyWhenAsked_AndIsNotKeptTwice()
    {
        await using var host = await TestHost.StartAsync();
        host.Engine.LateBefore = Instant.From(host.Time.Now);
        host.Engine.KeptRejects.Add(new(Instant.From(host.Time.Now), "engine", 0, "late", "m",
            """{"messageId":"old-1","userId":"ada","timestamp":"2026-02-01T00:00:00Z","type":"track","event":"x","properties":{}}"""));

        var refused = await ReplayAsync(host, 1, "");
        var taken = await ReplayAsync(host, 1, "", query: "?take_late=true");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "late"), (refused.Status, (string)refused.Json["outcome"]!));
        Assert.Contains("take_late", (string)refused.Json["rejected"]![0]!["message"]!);
        Assert.Equal((HttpStatusCode.OK, "accepted"), (taken.Status, (string)taken.Json["outcome"]!));
        Assert.Equal("old-1", Assert.Single(host.Engine.Events).Id.Value);
        Assert.Single(host.Engine.Rejects);
    }

    [Fact]
    public async Task Reject_ThatIsCut_NeedsTheWholeItem()
    {
        await using var host = await TestHost.StartAsync(settings: new() { ["Intake:RejectLengthMax"] = "1024" });
        await host.PostAsync("/v1/batch", $$"""{"batch":[{"type":"page","userId":"ada","name":"{{new string('x', 2_000)}}"}""");

        Assert.True((bool)(await host.GetAsync("/v1/rejects/1")).Json["is_cut"]!);
        var patched = await ReplayAsync(host, 1, """{"x":1}""");
        var whole = await ReplayAsync(host, 1, """{"batch":[{"type":"page","userId":"ada"}]}""", Json);

        Assert.Contains("1024 characters", (string)patched.Json["detail"]!);
        Assert.Equal("accepted", (string)whole.Json["outcome"]!);
    }

    [Theory]
    [InlineData(99, "", HttpStatusCode.NotFound)]
    [InlineData(1, "{", HttpStatusCode.BadRequest)]
    [InlineData(1, """{"a":1,"a":2}""", HttpStatusCode.BadRequest)]
    [InlineData(1, "[]", HttpStatusCode.UnprocessableEntity)]
    public async Task Replay_Wrong_ChangesNothing(long id, string patch, HttpStatusCode status)
    {
        await using var host = await TestHost.StartAsync();
        await host.PostAsync("/v1/track", """{"event":"x"}""");

        var answer = await ReplayAsync(host, id, patch);

        Assert.Equal(status, answer.Status);
        Assert.Empty(host.Engine.Events);
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.Unauthorized)]
    [InlineData(TestHost.WriteKey, null, HttpStatusCode.Unauthorized)]
    [InlineData(TestHost.ReadKey, null, HttpStatusCode.Unauthorized)]
    [InlineData(TestHost.AdminKey, "cross-site", HttpStatusCode.Unauthorized)]
    public async Task Replay_WithoutAdminKeyOrFromAnotherSite_IsRefused(string? key, string? site, HttpStatusCode status)
    {
        await using var host = await TestHost.StartAsync();
        await host.PostAsync("/v1/track", """{"event":"x"}""");

        void AddSite(HttpRequestMessage request)
        {
            if (site is not null) request.Headers.Add("Sec-Fetch-Site", site);
        }

        var answer = await host.PostAsync("/v1/rejects/1/replay", """{"userId":"ada"}""", key, false, MergePatch.MediaType, AddSite);

        Assert.Equal(status, answer.Status);
        Assert.Empty(host.Engine.Events);
    }

    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void MergePatch_TheExamplesOfRfc7396_GiveTheirResults(string target, string patch, string result) =>
        Assert.Equal(result, MergePatch.Apply(JsonNode.Parse(target), JsonNode.Parse(patch))?.ToJsonString() ?? "null");

    private static Task<Answer> ReplayAsync(
        TestHost host, long id, string body, string type = MergePatch.MediaType, string query = "") =>
        host.PostAsync($"/v1/rejects/{id}/replay{query}", body, TestHost.AdminKey, type: type);
}
