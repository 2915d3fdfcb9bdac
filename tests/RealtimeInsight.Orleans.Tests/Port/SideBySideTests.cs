using System.Text.Json;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.TestKit.Conformance;

namespace RealtimeInsight.Orleans.Tests.Port;

/// <summary>Both engines, the same random events, the same clock: every insight and every decision record is the same.</summary>
public sealed class SideBySideTests
{
    private static readonly TimeSpan s_step = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(1, -1)]
    [InlineData(2, -1)]
    [InlineData(3, 20)]
    public async Task RandomShop_EmbeddedAndCluster_KnowAndDecideTheSame(int seed, int crashesAt)
    {
        await using var embedded = await EmbeddedUnderTest.OpenAsync();
        await using var cluster = await ClusterUnderTest.OpenAsync();
        IEngineUnderTest[] both = [embedded, cluster];
        var events = ConformanceShop.Random(seed, count: 40);
        var now = ConformanceShop.Start;
        var decisions = new HashSet<string>();
        for (var i = 0; i < events.Count; i++)
        {
            while (now < events[i].OccurredAt)
            {
                now += s_step;
                foreach (var shop in both) await shop.SetTimeAsync(now);
            }

            if (i == crashesAt) await cluster.CrashAsync();
            var outcomes = new List<EventOutcome>();
            foreach (var shop in both)
            {
                outcomes.AddRange((await shop.Engine.IngestAsync(IngestBatch.Of(events[i]), CancellationToken.None)).Outcomes);
            }

            Assert.Equal(outcomes[0], outcomes[1]);
        }

        foreach (var customer in events.Select(static item => item.Customer).Distinct())
        {
            var expected = (await embedded.Engine.GetInsightAsync(customer, CancellationToken.None))!;
            var found = (await cluster.Engine.GetInsightAsync(customer, CancellationToken.None))!;
            Assert.Equal(Text(expected), Text(found));
            Assert.Equal(await TimelineAsync(embedded, customer), await TimelineAsync(cluster, customer));
            foreach (var head in Enum.GetValues<ScoreHead>())
            {
                Assert.Equal(
                    JsonSerializer.Serialize(await embedded.Engine.ExplainAsync(customer, head, CancellationToken.None)),
                    JsonSerializer.Serialize(await cluster.Engine.ExplainAsync(customer, head, CancellationToken.None)));
            }

            decisions.UnionWith(expected.LastDecisions.Select(static one => one.DecisionId));
        }

        Assert.True(decisions.Count > 2, $"{decisions.Count} decisions were made, too few to compare");
        foreach (var decision in decisions)
        {
            var expected = (await embedded.Engine.GetDecisionAsync(decision, CancellationToken.None))!;
            var found = (await cluster.Engine.GetDecisionAsync(decision, CancellationToken.None))!;
            Assert.Equal(expected.Record.ToJsonString(), found.Record.ToJsonString());
        }
    }

    private static async Task<List<string>> TimelineAsync(IEngineUnderTest shop, CustomerId customer) =>
    [
        .. (await shop.Engine.GetTimelineAsync(customer, 1000, CancellationToken.None))!
            .Select(static one => $"{one.At} {one.Type} {one.Name} {one.Detail.ToJsonString()}"),
    ];

    /// <summary>How far deliveries are is a matter of the moment.</summary>
    private static string Text(CustomerInsight insight) => JsonSerializer.Serialize(insight with
    {
        LastDecisions = [.. insight.LastDecisions.Select(static one => one with
        {
            Status = one.Status is "sent" or "failed" ? "decided" : one.Status,
        })],
    });
}
