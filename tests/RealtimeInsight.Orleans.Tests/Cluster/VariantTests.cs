using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Tests.Parts;
using RealtimeInsight.Orleans.Variants;
using RealtimeInsight.TestKit.Conformance;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>What the cluster knows of a rule's variants.</summary>
public sealed class VariantTests
{
    private static readonly long s_at = ConformanceShop.Start.UnixMs;

    [Fact]
    public async Task Batch_ToldTwice_CountsOnce_AndOutlivesTheGrain()
    {
        await using var shop = await TestShop.OpenAsync(policy: ConformanceShop.Policy);
        var grain = shop.Grains.GetGrain<IVariantGrain>(0);

        await grain.TellAsync(Notes("a", 1, Given("short"), Given("long"), Recovered("short")));
        await grain.TellAsync(Notes("a", 1, Given("short"), Given("long"), Recovered("short")));
        await grain.TellAsync(Notes("b", 1, Given("short")));
        await shop.Cluster.DeactivateAsync(grain);
        var known = await grain.TellAsync(Notes("b", 2));

        Assert.Equal([("short", 2L), ("long", 1L), ("none", 0L)], known.Select(static one => (one.Variant, one.Open)));
        Assert.Equal(1, known.Sum(static one => one.Probability), 9);
        await Assert.ThrowsAsync<ContractVersionException>(() => grain.TellAsync(Notes("a", 2) with { Version = 99 }));
    }

    [Fact]
    public async Task Notes_BeyondTheLimit_AreDropped()
    {
        await using var shop = await TestShop.OpenAsync(
            policy: ConformanceShop.Policy, grains: new CustomerGrainOptions { VariantsPendingMax = 1_000 });
        var feed = shop.Cluster.GetSiloServiceProvider(shop.Cluster.Silos[0].SiloAddress).GetRequiredService<VariantFeed>();

        // In one step, so that the silo's own round does not come between.
        feed.Note([.. Enumerable.Repeat(Given("long"), 1_500)]);
        await feed.TellAsync();
        var known = await shop.Grains.GetGrain<IVariantGrain>(0).TellAsync(Notes("a", 1));

        Assert.Equal(1_000, known.Single(static one => one.Variant == "long").Open);
    }

    private static VariantNotes Notes(string silo, long batch, params VariantNote[] notes) =>
        new() { Silo = silo, Batch = batch, Notes = notes };

    private static VariantNote Given(string variant) => new("tip", variant, s_at, null, s_at);

    private static VariantNote Recovered(string variant) => new("tip", variant, s_at, true, s_at + 60_000);
}
