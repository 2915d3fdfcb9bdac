using System.Net;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Host.Learning;

namespace RealtimeInsight.Host.Tests.Learning;

public sealed class LearningApiTests
{
    private int _saves;

    [Fact]
    public async Task Get_TellsEachVariant()
    {
        await using var host = await StartAsync(Learned());

        var answer = await host.GetAsync("/v1/learning");

        var items = answer.Json["variants"]!["items"]!.AsArray();
        Assert.Equal(["ten", "gift"], items.Select(static one => (string)one!["variant"]!));
        Assert.Equal(1, items.Sum(static one => (double)one!["probability"]!), tolerance: 1e-9);
        Assert.True((double)items[0]!["low"]! < (double)items[0]!["mean"]! && (double)items[0]!["mean"]! < (double)items[0]!["high"]!);
        Assert.True((double)items[0]!["decisions"]! > 20);
    }

    [Fact]
    public async Task Freeze_Unfreeze_Reset_AreInForceAndSaved()
    {
        await using var host = await StartAsync(Learned());

        var frozen = await host.PostAsync("/v1/learning/freeze?part=variants", "", TestHost.AdminKey);
        var free = await host.PostAsync("/v1/learning/unfreeze?part=variants", "", TestHost.AdminKey);
        var reset = await host.PostAsync("/v1/learning/reset?part=variants", "", TestHost.AdminKey);

        Assert.True((bool)frozen.Json["variants"]!["is_frozen"]!);
        Assert.False((bool)free.Json["variants"]!["is_frozen"]!);
        Assert.All(reset.Json["variants"]!["items"]!.AsArray(), static one => Assert.Equal(0, (double)one!["decisions"]!));
        Assert.Equal(3, _saves);
    }

    [Fact]
    public async Task Export_ThenRollback_GoesBack()
    {
        var learning = Learned();
        await using var host = await StartAsync(learning);
        var export = await host.GetAsync("/v1/learning/export");
        var before = learning.Variants.Read();
        learning.Reset(LearnedPart.Variants);

        var back = await host.PostAsync("/v1/learning/rollback", export.Json.ToJsonString(), TestHost.AdminKey);

        Assert.Equal(HttpStatusCode.OK, back.Status);
        Assert.Equal(before.Select(static one => one.Posterior), learning.Variants.Read().Select(static one => one.Posterior));
        var damaged = new JsonObject { ["exported_at"] = "2026-01-01T00:00:00Z", ["learned"] = Convert.ToBase64String([1, 2, 3]) };
        var refused = await host.PostAsync("/v1/learning/rollback", damaged.ToJsonString(), TestHost.AdminKey);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("checksum", (string)refused.Json["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_WithoutWhatItNeeds_IsRefusedWithTheCure()
    {
        await using var host = await StartAsync(Learned());
        await using var nothing = await TestHost.StartAsync();

        var key = await host.PostAsync("/v1/learning/reset?part=variants", "", TestHost.ReadKey);
        var part = await host.PostAsync("/v1/learning/reset?part=nothing", "", TestHost.AdminKey);
        var off = await nothing.PostAsync("/v1/learning/reset?part=variants", "", TestHost.AdminKey);

        Assert.Equal(HttpStatusCode.Unauthorized, key.Status);
        Assert.Equal(HttpStatusCode.BadRequest, part.Status);
        Assert.Contains("use one that this engine learns: variants", (string)part.Json["detail"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, off.Status);
        Assert.Null((await nothing.GetAsync("/v1/learning")).Json["variants"]);
    }

    [Fact]
    public async Task Items_AreToldWithTheirFigures_AndRecommended()
    {
        var learning = new EngineLearning(
            Policy.Parse(JsonNode.Parse("""{"name":"n","rules":[]}""")!),
            new LearningOptions { Items = { IsOn = true }, Statistics = { IsOn = true } }, isHistory: false, TimeProvider.System);
        learning.Items!.Saw("p1", 1, [], new Instant(1_780_000_000_000));
        learning.Items.Saw("p2", 2, [1], new Instant(1_780_000_001_000));
        await using var host = await StartAsync(learning);

        var shown = await host.GetAsync("/v1/learning");
        var items = await host.GetAsync("/v1/customers/ada/recommendations?limit=3");
        var unknown = await host.GetAsync("/v1/customers/eve/recommendations");
        var many = await host.GetAsync("/v1/customers/ada/recommendations?limit=0");
        await host.PostAsync("/v1/learning/reset?part=items", "", TestHost.AdminKey);

        Assert.Null(shown.Json["variants"]);
        Assert.Equal((2, 1), ((int)shown.Json["items"]!["known"]!, (int)shown.Json["items"]!["judged"]!));
        Assert.Equal(0, (int)shown.Json["statistics"]!["items"]!);
        Assert.Equal(["p0", "p1", "p2"], items.Json.AsArray().Select(static one => (string)one!["item"]!));
        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
        Assert.Equal(HttpStatusCode.BadRequest, many.Status);
        Assert.Equal(0, learning.Items.Count);
    }

    [Fact]
    public async Task Recommendations_WhileItemsAreNotLearned_SayHowToBegin()
    {
        await using var host = await StartAsync(Learned());

        var refused = await host.GetAsync("/v1/customers/ada/recommendations");

        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("Engine:Learning:Items:IsOn", (string)refused.Json["detail"]!, StringComparison.Ordinal);
    }

    private Task<TestHost> StartAsync(EngineLearning learning) =>
        TestHost.StartAsync(engine: new FakeEngine { Learned = new LearningDesk(learning, () => _saves++, Recommend) });

    private static ValueTask<IReadOnlyList<LiveRecommendation>?> Recommend(
        CustomerId customer, int limit, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<LiveRecommendation>?>(
        customer.Value != "ada" ? null
            : [.. Enumerable.Range(0, limit).Select(static i => new LiveRecommendation($"p{i}", 0.5 / (i + 1)))]);

    private static EngineLearning Learned()
    {
        var policy = Policy.Parse(JsonNode.Parse("""
            {"name":"n","attribution_window":"1h","rules":[{"id":"offer","on":"cart_abandoned","action":"coupon",
             "variants":[{"id":"ten"},{"id":"gift"}],"choose":{"by":"thompson"}}]}
            """)!);
        var learning = new EngineLearning(policy, new LearningOptions(), isHistory: false, TimeProvider.System);
        var start = new Instant(1_780_000_000_000);
        for (var i = 0; i < 100; i++)
        {
            var given = new GivenVariant("offer", i % 2 == 0 ? "ten" : "gift", start + TimeSpan.FromMinutes(i * 5));
            learning.Variants.NoteGiven(given);
            if (i % 4 == 0) learning.Variants.NoteOutcome(given, OutcomeKind.Recovered, given.DecidedAt + TimeSpan.FromMinutes(1));
        }

        return learning;
    }
}
