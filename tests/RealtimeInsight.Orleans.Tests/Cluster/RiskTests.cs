using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Risks;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>The ranking of one share.</summary>
public sealed class RiskTests
{
    private static readonly CustomerGrainOptions s_options = new() { AtRiskShares = 1, AtRiskListedMax = 10 };

    [Fact]
    public async Task Notes_MoreThanThereIsRoomFor_KeepThoseMostAtRisk()
    {
        await using var shop = await TestShop.OpenAsync(grains: s_options);
        var share = shop.Grains.GetGrain<IRiskGrain>(0);
        await share.TellAsync(new RiskNotes { Notes = [.. Enumerable.Range(0, 100).Select(static i => Note($"c{i:00}", i / 100f))] });

        var listed = await share.ListAsync(1000);

        Assert.Equal(Enumerable.Range(90, 10).Reverse().Select(static i => $"c{i}"), listed.Select(static one => one.CustomerId));
    }

    [Fact]
    public async Task Notes_OutOfOrderOverdueOrOfALeaver_AreNotBelieved()
    {
        await using var shop = await TestShop.OpenAsync(grains: s_options);
        var share = shop.Grains.GetGrain<IRiskGrain>(0);
        await share.TellAsync(new RiskNotes
        {
            Notes =
            [
                Note("newer", 0.5f) with { AtMs = 10 }, Note("newer", 0.9f) with { AtMs = 9 }, Note("left", 0.5f),
                Note("left", 0.5f) with { IsLive = false }, Note("dead", 0.9f) with { UntilMs = Scenario.Start.UnixMs - 120_000 },
            ],
        });
        Assert.Equal(0.5f, Assert.Single(await share.ListAsync(9)).Churn);
        await Assert.ThrowsAsync<ContractVersionException>(
            () => share.TellAsync(new RiskNotes { Version = ContractVersion.Current + 1, Notes = [] }));
    }

    [Fact]
    public async Task Share_BegunAnew_IsToldAgainOfCustomersWhoDidNothingSince()
    {
        await using var shop = await TestShop.OpenAsync(grains: s_options);
        var customers = TestShop.Treated(8);
        foreach (var customer in customers)
        {
            await shop.Customer(customer).ObserveAsync(
                EventBatch.Of(Scenario.One(customer, EventKind.PageViewed, Scenario.Start, customer.Value)));
        }

        await TellAsync(shop);
        Assert.Equal(customers.Count, (await shop.Engine.GetAtRiskAsync(99, CancellationToken.None)).Count);
        await shop.Cluster.DeactivateAsync(shop.Grains.GetGrain<IRiskGrain>(0));
        await TellAsync(shop);

        Assert.Equal(
            customers.Select(static one => one.Value).Order(),
            (await shop.Engine.GetAtRiskAsync(99, CancellationToken.None)).Select(static one => one.CustomerId).Order());
    }

    private static async Task TellAsync(TestShop shop)
    {
        foreach (var silo in shop.Cluster.Silos)
        {
            await shop.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<RiskFeed>().TellAsync();
        }
    }

    private static RiskNote Note(string customer, float churn) => new()
    {
        CustomerId = customer, AtMs = 1, IsLive = true, UntilMs = Instant.Never.UnixMs, Churn = churn,
    };
}
