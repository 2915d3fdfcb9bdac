using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>Products count what customers do with them, behind the customers.</summary>
public sealed class ProductTests
{
    [Fact]
    public async Task Product_SeenByCustomersOfBothSilos_CountsThemAll()
    {
        await using var shop = await TestShop.OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            var id = CustomerId.FromUser($"c{i}");
            await shop.Customer(id).ObserveAsync(EventBatch.Of(
                Scenario.One(id, EventKind.ProductViewed, Scenario.Start, $"a{i}", product: 1),
                Scenario.One(id, EventKind.ProductViewed, Scenario.Start + TimeSpan.FromMinutes(1), $"b{i}", product: 2),
                Scenario.One(id, EventKind.CartAdded, Scenario.Start + TimeSpan.FromMinutes(2), $"d{i}", product: 2),
                Scenario.One(id, EventKind.OrderCompleted, Scenario.Start + TimeSpan.FromMinutes(3), $"e{i}", product: 2),
                Scenario.One(id, EventKind.ProductViewed, Scenario.Start + TimeSpan.FromHours(3), $"f{i}", product: 3)));
        }

        // Silos tell what they gathered when they stop, at the latest.
        await shop.Cluster.StopSiloAsync(shop.Cluster.Silos[1]);
        await shop.Cluster.StartAdditionalSiloAsync();
        await shop.Cluster.StopSiloAsync(shop.Cluster.Silos[0]);
        // Asked from the silo that is left: the client may not know yet that its gateways are gone.
        var grains = shop.Cluster.GetSiloServiceProvider(shop.Cluster.Silos[0].SiloAddress).GetRequiredService<IGrainFactory>();
        var product = (await grains.GetGrain<IProductGrain>("p2").GetAsync())!;

        Assert.Equal((20L, 20L, 20L), (product.Views, product.CartAdds, product.Ordered));
        Assert.Equal(("c2", "b2", 12m), (product.Category, product.Brand, product.Price));
        Assert.Equal((Scenario.Start + TimeSpan.FromMinutes(3)).ToDateTimeOffset(), product.LastSeen);
        Assert.Equal(new Contracts.Replies.CompanionReply("p1", 20), Assert.Single(product.Companions));
        Assert.Null(await grains.GetGrain<IProductGrain>("never-seen").GetAsync());
    }

    [Fact]
    public async Task Product_NotesOutOfOrderAndTooManyCompanions_KeepTheNewestAndTheMost()
    {
        await using var shop = await TestShop.OpenAsync();
        var product = shop.Grains.GetGrain<IProductGrain>("shoe");
        var at = Scenario.Start.ToDateTimeOffset();
        await product.NoteAsync(new ProductNotes { SeenAt = at, Views = 1, Price = 20m, Name = "shoe" });
        await product.NoteAsync(new ProductNotes { SeenAt = at.AddHours(-1), Views = 1, Price = 15m, Name = "old", Brand = "acme" });
        await product.NoteAsync(new ProductNotes
        {
            SeenAt = at, Companions = Enumerable.Range(1, 200).ToDictionary(static i => $"p{i}", static i => i),
        });

        var reply = (await product.GetAsync())!;

        Assert.Equal((2L, 20m, "shoe", "acme", at), (reply.Views, reply.Price, reply.Name, reply.Brand, reply.LastSeen));
        Assert.Equal((20, "p200", 200L), (reply.Companions.Length, reply.Companions[0].ProductId, reply.Companions[0].Count));
        await Assert.ThrowsAsync<ContractVersionException>(() => product.NoteAsync(new ProductNotes { SeenAt = at, Version = 99 }));
    }
}
