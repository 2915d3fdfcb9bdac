using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Silo.Tests.Process;

/// <summary>A client of two silos in processes of their own, over sockets, as an order service is one. About 15 s.</summary>
public sealed class ContractTests
{
    private const int Newer = ContractVersion.Current + 1;
    private static readonly string s_rule =
        $"has contract version {Newer}, this silo reads {ContractVersion.Oldest} to {ContractVersion.Current}; "
        + "upgrade the silos before the callers";

    [Fact]
    public async Task Client_OfANewerContract_IsRefusedByEitherSiloWithValueRuleAndCure()
    {
        await using var first = await SiloProcess.StartAsync(null);
        await using var second = await SiloProcess.StartAsync(first);
        foreach (var silo in (SiloProcess[])[first, second])
        {
            using var client = await ConnectAsync(silo);
            var grains = client.Services.GetRequiredService<IClusterClient>();

            await ContractCheck.RequireAsync(grains);
            Assert.Equal($"the score request {s_rule}", await RefusalAsync(() => ContractCheck.RequireAsync(grains, Newer)));
            await client.StopAsync();
        }
    }

    [Fact]
    public async Task Message_OfANewerContract_IsRefusedAndHasNoEffectAndTheNextOneCounts()
    {
        await using var silo = await SiloProcess.StartAsync(null);
        using var client = await ConnectAsync(silo);
        var customer = client.Services.GetRequiredService<IClusterClient>().GetGrain<ICustomerGrain>("ada");
        var order = new OrderPlaced
        {
            OrderId = "o-1", PlacedAt = TimeProvider.System.GetUtcNow(), Currency = "EUR", Lines = [new OrderLine("p1", 2, 9.5m)],
        };

        Assert.Equal($"the order {s_rule}", await RefusalAsync(() => customer.OrderPlacedAsync(order with { Version = Newer })));
        Assert.Equal($"the event batch {s_rule}", await RefusalAsync(() => customer.ObserveAsync(Page() with { Version = Newer })));
        Assert.Null(await customer.GetInsightAsync());

        Assert.Equal(EventOutcome.Accepted, await customer.OrderPlacedAsync(order));
        Assert.Equal(1, (await customer.GetInsightAsync())?.Events);
        await client.StopAsync();
    }

    private static EventBatch Page()
    {
        var at = Instant.From(TimeProvider.System.GetUtcNow());
        return new EventBatch
        {
            Events =
            [
                new CustomerEvent
                {
                    Id = EventId.Parse("e-1"), Kind = EventKind.PageViewed, Customer = CustomerId.FromUser("ada"), OccurredAt = at,
                    IngestedAt = at,
                },
            ],
        };
    }

    private static async Task<IHost> ConnectAsync(SiloProcess silo)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client => client
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, silo.GatewayPort))
            .Configure<ClientMessagingOptions>(static options => options.ResponseTimeout = SiloProcess.Patience)
            .Configure<ClusterOptions>(static options => (options.ClusterId, options.ServiceId) = ("main", "realtime-insight")));
        var host = builder.Build();
        await host.StartAsync().WaitAsync(SiloProcess.Patience);
        return host;
    }

    private static async Task<string> RefusalAsync(Func<Task> call) =>
        (await Assert.ThrowsAsync<ContractVersionException>(call)).Message;
}
