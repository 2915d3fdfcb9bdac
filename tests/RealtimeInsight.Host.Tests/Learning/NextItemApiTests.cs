using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Host.Learning;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Insights.Recommendation;

namespace RealtimeInsight.Host.Tests.Learning;

public sealed class NextItemApiTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly EngineLearning _learning = Learning();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Register_Promote_Rollback_AreInEffectAndOutliveARestart()
    {
        await using var host = await StartAsync();

        var none = await host.GetAsync("/v1/next-items");
        var first = await RegisterAsync(host, Version("1"));
        var promoted = await PostAsync(host, "promote", "1");
        var next = await RegisterAsync(host, Version("2", seed: 2));
        await PostAsync(host, "promote", "2");

        Assert.Null((string?)none.Json["serving"]);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (first.Status, promoted.Status, next.Status));
        Assert.Equal("1", (string?)promoted.Json["serving"]);
        Assert.Equal("2", _learning.Order?.Version);
        Assert.Equal("2", Restarted().Order?.Version);
        var back = await PostAsync(host, "rollback", null);
        Assert.Equal("1", (string?)back.Json["serving"]);
        var live = await PostAsync(host, "rollback", null);
        Assert.Null((string?)live.Json["serving"]);
        Assert.Null(_learning.Order);
        Assert.Null(Restarted().Order);
        Assert.Equal(["2", "1"], live.Json["versions"]!.AsArray().Select(static one => (string)one!["version"]!));
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(host, "rollback", null)).Status);
    }

    [Fact]
    public async Task Register_WhatIsDamagedOrAnother_IsRefused_AndNothingChanges()
    {
        await using var host = await StartAsync();
        await RegisterAsync(host, Version("1"));
        await PostAsync(host, "promote", "1");
        var (manifest, items) = Version("2");
        var damaged = items.ToArray();
        damaged[^1] ^= 1;

        var digest = await RegisterAsync(host, (manifest, damaged));
        var changed = await RegisterAsync(host, Version("1", seed: 3));
        var again = await RegisterAsync(host, Version("1"));
        var unknown = await PostAsync(host, "promote", "7");
        var twice = await PostAsync(host, "promote", "1");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, digest.Status);
        Assert.Contains("items.bin has", (string)digest.Json["detail"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, changed.Status);
        Assert.Contains("a version never changes", (string)changed.Json["detail"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (unknown.Status, twice.Status));
        Assert.Equal("1", _learning.Order?.Version);
    }

    [Fact]
    public void Register_OneWhoseListsTakeLong_IsRefused()
    {
        var (manifest, items) = Version("1");
        var registry = new NextItemRegistry(_folder.Path, _learning, new SteppingClock(60));

        var refused = Assert.Throws<ModelRefusedException>(() => registry.Register(manifest, items));

        Assert.Equal(ModelRefusal.Slow, refused.Reason);
        Assert.Contains("takes 60.0 ms, 50 are allowed", refused.Message, StringComparison.Ordinal);
        Assert.Empty(registry.List().Versions);
    }

    [Fact]
    public async Task Start_OverADamagedVersion_ServesLiveItems_AndSaysWhy()
    {
        await using var host = await StartAsync();
        await RegisterAsync(host, Version("1"));
        await PostAsync(host, "promote", "1");
        var file = Path.Combine(_folder.Path, "models", NextItemManifest.KindName, "1", NextItemPackage.ItemsFile);
        await File.WriteAllBytesAsync(file, [1, 2, 3]);

        var learning = Learning();
        var registry = new NextItemRegistry(_folder.Path, learning, new SteppingClock(0));
        registry.Start();

        Assert.Null(learning.Order);
        Assert.Contains("digest", registry.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_WithoutWhatItNeeds_IsRefusedWithTheCure()
    {
        await using var host = await StartAsync();
        await using var off = await TestHost.StartAsync();

        var key = await host.PostAsync("/v1/next-items/promote", "{\"version\":\"1\"}", TestHost.ReadKey);
        var nothing = await off.GetAsync("/v1/next-items");
        var noForm = await host.PostAsync("/v1/next-items/register", "{}", TestHost.AdminKey);

        Assert.Equal(HttpStatusCode.Unauthorized, key.Status);
        Assert.Equal(HttpStatusCode.Conflict, nothing.Status);
        Assert.Contains("Engine:Learning:Items:IsOn", (string)nothing.Json["detail"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, noForm.Status);
        Assert.Contains("manifest and items", (string)noForm.Json["detail"]!, StringComparison.Ordinal);
    }

    private EngineLearning Restarted()
    {
        var learning = Learning();
        new NextItemRegistry(_folder.Path, learning, new SteppingClock(0)).Start();
        return learning;
    }

    private Task<TestHost> StartAsync() => TestHost.StartAsync(
        engine: new FakeEngine { NextItems = new NextItemRegistry(_folder.Path, _learning, new SteppingClock(0)) });

    private static Task<Answer> PostAsync(TestHost host, string action, string? version) => host.PostAsync(
        $"/v1/next-items/{action}", version is null ? "" : new JsonObject { ["version"] = version }.ToJsonString(), TestHost.AdminKey);

    private static async Task<(HttpStatusCode Status, JsonNode Json)> RegisterAsync(
        TestHost host, (byte[] Manifest, byte[] Items) version)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(version.Manifest), "manifest", "manifest" }, { new ByteArrayContent(version.Items), "items", "items" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/next-items/register") { Content = form };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestHost.AdminKey);
        using var response = await host.Client.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    /// <summary>Every look at it is so much after the one before, however busy the machine is.</summary>
    private sealed class SteppingClock(int milliseconds) : TimeProvider
    {
        private long _milliseconds;

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => _milliseconds += milliseconds;
    }

    private static EngineLearning Learning() => new(
        Policy.Parse(JsonNode.Parse("""{"name":"n","rules":[]}""")!), new LearningOptions { Items = { IsOn = true } }, isHistory: false,
        TimeProvider.System);

    private static (byte[] Manifest, byte[] Items) Version(string version, int seed = 1)
    {
        var random = new Random(seed);
        var clicks = Enumerable.Range(0, 300).SelectMany(session => Enumerable.Range(0, 3).Select(step => new Click(
            session.ToString(CultureInfo.InvariantCulture), $"p{random.Next(20)}", "c", 1_780_000_000 + (session * 60) + step)));
        var catalogue = new ItemCatalogue();
        var sessions = ItemSession.Of(clicks.ToList(), catalogue);
        var items = NextItemFile.Write(NextItemRecommender.Fit(sessions, catalogue, seed: 1));
        return (new NextItemManifest
        {
            Name = NextItemManifest.KindName,
            Version = version,
            Digest = NextItemPackage.DigestOf(items),
            CreatedAt = DateTimeOffset.UnixEpoch,
            Items = catalogue.Count,
            Sessions = sessions.Count,
            TrainedFrom = DateTimeOffset.UnixEpoch,
            TrainedTo = DateTimeOffset.FromUnixTimeSeconds(1_780_020_000),
            IsLearned = true,
        }.ToBytes(), items);
    }
}
