using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Silo.Tests.Parts;

namespace RealtimeInsight.Silo.Tests.Hub;

/// <summary>Two silos with the shipped model compare, each, what their customers send with its training data.</summary>
public sealed class DriftTests
{
    private const string Samples = "realtime_insight_model_drift_samples";

    /// <summary>A busy machine makes the scores late, which is not what is tested.</summary>
    private const string Patient = "--Grains:ScoreTimeout=00:00:30";

    [Fact]
    public async Task Drift_OfTheTrafficOfASilo_IsOnItsMetricsAndNoOther()
    {
        await using var first = await TestSilo.StartAsync(null, Patient);
        await using var second = await TestSilo.StartAsync(first, Patient);
        await first.HoldAsync("drift-0");
        await second.HoldAsync("drift-1");

        // All are sent to the first one; loaded history is no traffic.
        await TellAsync(first, "drift-0", 30, TimeSpan.Zero);
        await TellAsync(first, "drift-1", 20, TimeSpan.Zero);
        await TellAsync(first, "drift-old", 10, TimeSpan.FromHours(3));

        Assert.Equal(30, await first.MetricAsync(Samples, "model=\"behaviour/1\""));
        Assert.Equal(20, await second.MetricAsync(Samples, "model=\"behaviour/1\""));
        var metrics = await first.MetricsAsync();
        Assert.Contains("realtime_insight_model_input_drift{", metrics, StringComparison.Ordinal);
        Assert.Contains("realtime_insight_model_score_drift{", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("realtime_insight_model_live_auc", metrics, StringComparison.Ordinal);

        var version = Assert.Single((await WatchAsync(second))["versions"]!.AsArray())!;
        Assert.Equal("behaviour/1", (string?)version["model"]);
        Assert.Equal(20, (int)version["drift"]!["samples"]!);
    }

    private static async Task TellAsync(TestSilo silo, string customer, int events, TimeSpan age)
    {
        var now = Instant.From(TimeProvider.System.GetUtcNow()) - age;
        for (var i = 0; i < events; i++)
        {
            var at = now + TimeSpan.FromSeconds(i - events);
            await silo.Services.GetRequiredService<ICustomerEngine>().IngestAsync(
                IngestBatch.Of(
                [
                    new CustomerEvent
                    {
                        Id = EventId.Parse($"{customer}-{i}"), Kind = EventKind.PageViewed, Customer = CustomerId.FromUser(customer),
                        OccurredAt = at, IngestedAt = at,
                    },
                ]),
                CancellationToken.None);
        }
    }

    private static async Task<JsonNode> WatchAsync(TestSilo silo)
    {
        using var client = new HttpClient { BaseAddress = new Uri(silo.Host.Address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "read-key-1");
        return JsonNode.Parse(await client.GetStringAsync(new Uri("/v1/models/watch", UriKind.Relative)))!;
    }
}
