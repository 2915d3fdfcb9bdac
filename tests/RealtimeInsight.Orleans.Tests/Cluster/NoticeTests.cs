using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Orleans.Boards;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Notices;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>Following a cluster.</summary>
public sealed class NoticeTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Readers_MoreThanAllowed_AreRefusedUntilOneLeaves()
    {
        await using var shop = await TestShop.OpenAsync(grains: new CustomerGrainOptions { NoticeReadersMax = 1 });
        var notices = shop.Engine.Notices;
        var first = await notices.OpenAsync(CancellationToken.None);

        var refused = await Assert.ThrowsAsync<EngineUnavailableException>(() => notices.OpenAsync(CancellationToken.None));
        Assert.Equal("1 readers follow the notices, no more are allowed; try again later", refused.Message);
        await first.DisposeAsync();
        await using var second = await notices.OpenAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Notices_OfBothSilos_ReachTheReaderAndNobodyIsToldAfterwards()
    {
        await using var shop = await TestShop.OpenAsync();
        var customers = TestShop.Treated(12);
        await using (var reader = await shop.Engine.Notices.OpenAsync(CancellationToken.None))
        {
            foreach (var silo in shop.Cluster.Silos) await Of<BoardKeeper>(shop, silo.SiloAddress).ReportAsync();
            Assert.All(shop.Cluster.Silos, silo => Assert.True(Of<NoticeFeed>(shop, silo.SiloAddress).HasReaders, "every silo knows"));
            foreach (var customer in customers)
            {
                await shop.Customer(customer).ObserveAsync(
                    EventBatch.Of(Scenario.One(customer, EventKind.PageViewed, Scenario.Start, customer.Value)));
            }

            var seen = new HashSet<string>();
            await using var notices = reader.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
            while (seen.Count < customers.Count && await notices.MoveNextAsync().AsTask().WaitAsync(s_patience))
            {
                if (notices.Current.Type == "session_started") seen.Add(notices.Current.CustomerId);
            }

            Assert.Equal(customers.Select(static one => one.Value).Order(), seen.Order());
        }

        foreach (var silo in shop.Cluster.Silos) await Of<BoardKeeper>(shop, silo.SiloAddress).ReportAsync();
        Assert.All(shop.Cluster.Silos, silo => Assert.False(Of<NoticeFeed>(shop, silo.SiloAddress).HasReaders, "the reader has left"));
    }

    private static T Of<T>(TestShop shop, SiloAddress silo)
        where T : notnull => shop.Cluster.GetSiloServiceProvider(silo).GetRequiredService<T>();
}
