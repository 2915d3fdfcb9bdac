using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Text;
using static RealtimeInsight.TestKit.Conformance.ConformanceShop;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>What labelled texts leave with the customer.</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task Texts_Labelled_AreOnTheCustomerAndInTheTimeline()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(20));
        await IngestAsync(
            shop,
            Event("anna", EventKind.ServiceMessage, 0) with
            {
                Text = "where is it", Labels = new TextLabels(0.125f, TextTopics.Delivery | TextTopics.Service),
            },
            Event("anna", EventKind.ReviewPosted, 10) with { Text = "lovely", Labels = new TextLabels(0.75f, TextTopics.None) },
            View("ben", 0, "b"));

        var texts = (await InsightAsync(shop, "anna")).Texts!;
        Assert.Equal((0.75f, At(10), 2, 1, At(0)), (texts.Sentiment, texts.At, texts.Texts, texts.Complaints, texts.ComplaintAt));
        Assert.Empty(texts.Topics);
        Assert.Equal(["delivery", "service"], texts.ComplaintTopics);
        Assert.Null((await InsightAsync(shop, "ben")).Texts);
        var timeline = (await shop.Engine.GetTimelineAsync(CustomerId.Parse("anna"), 10, CancellationToken.None))!;
        var message = timeline.Single(static entry => entry.Name == "service_message").Detail;
        Assert.Equal("0.125", message["sentiment"]!.ToJsonString());
        Assert.Equal(["delivery", "service"], message["topics"]!.AsArray().Select(static topic => topic!.GetValue<string>()));
    }
}
