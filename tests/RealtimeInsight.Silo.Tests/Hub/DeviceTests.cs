using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Silo.Tests.Parts;
using RealtimeInsight.Silo.Tests.Process;

namespace RealtimeInsight.Silo.Tests.Hub;

/// <summary>Two silos, one of which says that it has a device.</summary>
public sealed class DeviceTests
{
    private const int Customers = 40;

    /// <summary>A busy machine makes the scores late, which is not what is tested.</summary>
    private const string Patient = "--Grains:ScoreTimeout=00:00:30";
    private const string Outcome = "outcome=\"scored\"";

    [Fact]
    public async Task Scores_OfAllCustomers_AreMadeOnTheSiloWithTheDeviceAndHereWhenItIsGone()
    {
        await using var plain = await TestSilo.StartAsync(null, Patient);
        await TellAsync(plain, 0);
        Assert.Equal(Customers, await ScoredAsync(plain));
        var withDevice = await TestSilo.StartAsync(plain, Patient, "--Cluster:Labels:device=gpu");

        // The customers live on the first silo, which learns of the other's label by itself; first
        // calls may take too long, and are rested from.
        using var limit = new CancellationTokenSource(SiloProcess.Patience);
        var rounds = 1;
        for (double far = -1, seen = 0; seen - far != Customers; rounds++)
        {
            limit.Token.ThrowIfCancellationRequested();
            far = seen;
            await TellAsync(plain, rounds);
            seen = await ScoredAsync(withDevice);
        }

        var before = (Own: await ScoredAsync(plain), Device: await ScoredAsync(withDevice));
        await TellAsync(plain, rounds);
        Assert.Equal(before.Own, await ScoredAsync(plain));
        Assert.Equal(before.Device + Customers, await ScoredAsync(withDevice));
        Assert.Equal(0, await FarAsync(withDevice));

        await withDevice.DisposeAsync();
        await TellAsync(plain, rounds + 1);
        Assert.Equal(before.Own + Customers, await ScoredAsync(plain));
        await AssertNoneDegradedAsync(plain);
    }

    private static Task<double> ScoredAsync(TestSilo silo) => silo.MetricAsync("realtime_insight_inference_scores_total", Outcome);

    private static Task<double> FarAsync(TestSilo silo) => silo.MetricAsync("realtime_insight_cluster_far_scores_total", Outcome);

    private static async Task TellAsync(TestSilo silo, int round)
    {
        var at = Instant.From(TimeProvider.System.GetUtcNow());
        var events = Enumerable.Range(0, Customers).Select(i => new CustomerEvent
        {
            Id = EventId.Parse($"e-{round}-{i}"), Kind = EventKind.PageViewed, Customer = CustomerId.FromUser($"c{i}"), OccurredAt = at,
            IngestedAt = at,
        });
        await silo.Services.GetRequiredService<ICustomerEngine>().IngestAsync(IngestBatch.Of([.. events]), CancellationToken.None);
    }

    private static async Task AssertNoneDegradedAsync(TestSilo silo)
    {
        for (var i = 0; i < Customers; i++)
        {
            var insight = await silo.Services.GetRequiredService<ICustomerEngine>()
                .GetInsightAsync(CustomerId.FromUser($"c{i}"), CancellationToken.None);
            Assert.False(insight?.Scores?.IsDegraded ?? true, $"customer {i}");
        }
    }
}
