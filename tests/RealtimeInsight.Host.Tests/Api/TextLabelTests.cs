using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Host.Text;

namespace RealtimeInsight.Host.Tests.Api;

/// <summary>Labels of texts on their way into the engine, by the model that ships.</summary>
public sealed class TextLabelTests
{
    private static readonly string s_batch = $$$"""
        {"batch":[
          {{{Track("m1", "service_message", "text", "客服态度差，等了好几天还没到，要退货", "customer")}}},
          {{{Track("m2", "service_message", "text", "We are sorry, it is late", "agent")}}},
          {{{Track("m3", "review_posted", "review_body", "Love it, great quality and fast delivery", "")}}},
          {{{Track("m4", "review_posted", "review_body", "Leider defekt angekommen, nie wieder.", "")}}},
          {"type":"track","messageId":"m5","userId":"a","event":"product_viewed","properties":{"product_id":"p"}}
        ]}
        """;

    [Fact]
    public async Task Batch_WithTexts_IsLabelledWhereACustomerWroteInAKnownLanguage()
    {
        await using var host = await StartAsync([]);

        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/v1/batch", s_batch)).Status);

        var labels = host.Engine.Events.ToDictionary(static item => item.Id.Value, static item => item.Labels);
        Assert.Equal(["m1", "m2", "m3", "m4", "m5"], host.Engine.Events.Select(static item => item.Id.Value));
        Assert.True(labels["m1"]!.Value.IsComplaint);
        Assert.Equal(TextTopics.Delivery | TextTopics.Service | TextTopics.Returns, labels["m1"]!.Value.Topics);
        Assert.False(labels["m3"]!.Value.IsComplaint);
        Assert.Equal(TextTopics.Delivery | TextTopics.Quality, labels["m3"]!.Value.Topics);
        Assert.All((string[])["m2", "m4", "m5"], id => Assert.Null(labels[id]));
    }

    [Theory]
    [InlineData("Text:LabelEvents", "false")]
    [InlineData("Text:Model", "")]
    [InlineData("Text:Model", "nobody")]
    public async Task Batch_WhereNothingLabels_GoesOnAsItIs(string setting, string value)
    {
        await using var host = await StartAsync(new() { [setting] = value });

        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/v1/batch", s_batch)).Status);

        Assert.Equal(5, host.Engine.Events.Count);
        Assert.All(host.Engine.Events, static item => Assert.Null(item.Labels));
    }

    private static string Track(string id, string name, string property, string text, string from) => $$$"""
        {"type":"track","messageId":"{{{id}}}","userId":"a","event":"{{{name}}}",
         "properties":{"{{{property}}}":"{{{text}}}","from":"{{{from}}}"}}
        """;

    private static async Task<TestHost> StartAsync(Dictionary<string, string?> settings)
    {
        var host = await TestHost.StartAsync(settings: settings);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await host.Host.Services.GetRequiredService<TextService>().LoadedAsync(limit.Token);
        return host;
    }
}
