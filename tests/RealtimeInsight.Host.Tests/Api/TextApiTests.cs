using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Host.Text;

namespace RealtimeInsight.Host.Tests.Api;

public sealed class TextApiTests
{
    private const string Path = "/v1/texts/classify";

    [Fact]
    public async Task Classify_Texts_AreLabelledInTheirOrder()
    {
        await using var host = await StartAsync("review-sentiment");

        var answer = await host.PostAsync(
            Path, """{"texts":["Love it, fits perfectly!","Poor quality, returned it."]}""", TestHost.ReadKey);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("review-sentiment/1", (string)answer.Json["model"]!);
        var results = answer.Json["results"]!.AsArray();
        Assert.Equal(["scored", "scored"], results.Select(result => (string)result!["outcome"]!));
        Assert.True(Positive(results[0]!) > Positive(results[1]!));
        Assert.All(results, result => Assert.Equal(
            1, result!["probabilities"]!.AsObject().Sum(pair => (double)pair.Value!), tolerance: 1e-5));
        Assert.Equal("positive", (string)results[0]!["label"]!);
    }

    [Fact]
    public async Task Classify_ByTheModelThatShips_AnswersChineseAndEnglishAndNoOtherLanguage()
    {
        await using var host = await StartAsync("texts");

        var answer = await host.PostAsync(
            Path, """{"texts":["质量很好，物流很快","They never answer, I want a refund.","Sehr zufrieden, schnelle Lieferung"]}""",
            TestHost.ReadKey);

        var results = answer.Json["results"]!.AsArray();
        Assert.Equal(["scored", "scored", "other_language"], results.Select(result => (string)result!["outcome"]!));
        Assert.Equal(["positive", "negative", null], results.Select(result => (string?)result!["label"]));
        Assert.Equal(["delivery", "quality"], results[0]!["labels"]!["topics"]!.AsArray().Select(topic => (string)topic!));
        Assert.Equal(["returns"], results[1]!["labels"]!["topics"]!.AsArray().Select(topic => (string)topic!));
        Assert.Empty(results[2]!["probabilities"]!.AsObject());
    }

    [Theory]
    [InlineData("{}", 400, "texts holds 0; send 1 to 2")]
    [InlineData("""{"texts":[]}""", 400, "texts holds 0; send 1 to 2")]
    [InlineData("""{"texts":["a","b","c"]}""", 400, "texts holds 3; send 1 to 2")]
    [InlineData("""{"texts":["a",null]}""", 400, "texts[1] is null; send a text")]
    [InlineData("""{"texts":["much too long"]}""", 400, "texts[0] has 13 characters; send at most 10")]
    public async Task Classify_WrongRequest_IsToldWhatToSend(string body, int status, string detail)
    {
        await using var host = await StartAsync(
            "", new() { ["Text:TextsMax"] = "2", ["Text:CharactersMax"] = "10" });

        var answer = await host.PostAsync(Path, body, TestHost.ReadKey);

        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.Equal(detail, (string)answer.Json["detail"]!);
    }

    [Theory]
    [InlineData("", "no text model is configured; set Text:Model")]
    [InlineData("nobody", "Text model nobody has no version at all")]
    [InlineData("behaviour", "behaviour/1/model.json is not the manifest of a text model")]
    public async Task Classify_WithoutAModel_SaysWhy(string model, string detail)
    {
        await using var host = await StartAsync(model);

        var answer = await host.PostAsync(Path, """{"texts":["a"]}""", TestHost.ReadKey);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Contains(detail, (string)answer.Json["detail"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/health/ready")).Status);
    }

    [Fact]
    public async Task Classify_WithoutAReadKey_IsRefused()
    {
        await using var host = await StartAsync("");

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.PostAsync(Path, """{"texts":["a"]}""", TestHost.WriteKey)).Status);
    }

    private static double Positive(JsonNode result) => (double)result["probabilities"]!["positive"]!;

    private static async Task<TestHost> StartAsync(string model, Dictionary<string, string?>? settings = null)
    {
        var host = await TestHost.StartAsync(settings: new(settings ?? []) { ["Text:Model"] = model });
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await host.Host.Services.GetRequiredService<TextService>().LoadedAsync(limit.Token);
        return host;
    }
}
