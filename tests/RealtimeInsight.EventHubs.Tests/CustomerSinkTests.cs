using FsCheck;
using FsCheck.Fluent;

namespace RealtimeInsight.EventHubs.Tests;

public sealed class CustomerSinkTests
{
    private static readonly string[] s_customers = ["ada", "bob", "cyd", "dee"];

    /// <summary>
    /// The law of reading into customers that save behind: whatever ends, gets lost or is taken over, and with an old owner that still
    /// sends, each customer has each of its events once, in their order, and each poison event is set aside.
    /// </summary>
    [Fact]
    public void Reading_UnderFaultsAndHandOvers_EachCustomerHasEachEventOnceInOrder() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(200),
        Prop.ForAll<int>(seed => ReadAsync(seed).GetAwaiter().GetResult()));

    [Fact]
    public async Task Events_OfACustomerThatRefusesThem_AreSetAsideAndHoldNothingBack()
    {
        var customers = new MemoryCustomers(1) { IsCalm = true, Refuses = Domain.Identity.CustomerId.FromUser("bob") };
        var world = World(customers, "ada", "bob", "ada", "bob");

        var pump = world.NewOwner();
        await world.ReadToTheEndAsync(pump);
        await pump.StopAsync(isOwned: true, CancellationToken.None);

        Assert.Equal([Place(0), Place(2)], customers.SavedOf("ada"));
        Assert.Equal([Place(1), Place(3)], customers.Kept.Keys.Order());
        Assert.All(customers.Kept.Values, static kept => Assert.Equal((CustomerSink.Refused, "bob"), (kept.Item.Code, kept.Item.Payload)));
        Assert.Equal(3, world.Checkpoint);
    }

    [Fact]
    public async Task Events_BeyondTheAllowedLateness_AreSetAside()
    {
        var customers = new MemoryCustomers(1) { IsCalm = true, IsLate = Domain.Identity.CustomerId.FromUser("bob") };
        var world = World(customers, "ada", "bob");

        await world.ReadToTheEndAsync(world.NewOwner());

        var kept = Assert.Single(customers.Kept.Values);
        Assert.Equal((Place(1), CustomerSink.Late), (kept.Offset, kept.Item.Code));
    }

    [Fact]
    public async Task Checkpoint_CustomersNotSaved_IsSavedBehindThem()
    {
        var customers = new MemoryCustomers(3) { IsCalm = true };
        var world = World(customers, [.. Enumerable.Range(0, 30).Select(i => s_customers[i % 4])]);
        world.Options.CheckpointEventsMax = 30;
        var pump = world.NewOwner();
        await world.ReadToTheEndAsync(pump);

        Assert.Equal(29, world.Checkpoint);
        Assert.Equal(30, s_customers.Sum(customer => customers.SavedOf(customer).Count));
    }

    private static async Task ReadAsync(int seed)
    {
        var random = new Random(seed);
        var customers = new MemoryCustomers(seed);
        var bodies = Enumerable.Range(0, 60).Select(_ => random.Next(12) == 0 ? "poison" : s_customers[random.Next(4)]).ToArray();
        var world = World(customers, bodies);
        world.Options.CheckpointEventsMax = random.Next(1, 20);
        var owners = new List<(PartitionPump Pump, int Next)>();
        for (var round = 0; round < 40; round++)
        {
            // A new owner begins at the checkpoint; the ones before it have not noticed yet.
            if (owners.Count == 0 || random.Next(10) == 0) owners.Add((NewOwner(world, customers), (int)world.Checkpoint + 1));
            var at = random.Next(3) == 0 ? random.Next(owners.Count) : owners.Count - 1;
            var (pump, next) = owners[at];
            var count = Math.Min(random.Next(1, 6), bodies.Length - next);
            var isZombie = at < owners.Count - 1;
            if (count <= 0 || (isZombie && next > owners[^1].Next + 10)) continue;
            await pump.ProcessAsync([.. Enumerable.Range(next, count).Select(world.At)], CancellationToken.None);
            owners[at] = (pump, next + count);
        }

        customers.IsCalm = true;
        var last = NewOwner(world, customers);
        await world.ReadToTheEndAsync(last);
        await last.StopAsync(isOwned: true, CancellationToken.None);
        foreach (var customer in s_customers)
        {
            Assert.Equal(Enumerable.Range(0, bodies.Length).Where(i => bodies[i] == customer).Select(Place), customers.SavedOf(customer));
        }

        Assert.Equal(Enumerable.Range(0, bodies.Length).Where(i => bodies[i] == "poison").Select(Place), customers.Kept.Keys.Order());
    }

    private static PartitionPump NewOwner(HubWorld world, MemoryCustomers customers)
    {
        world.Sink = new CustomerSink(customers, customers, "hub-0", world.Time);
        return world.NewOwner();
    }

    private static long Place(int sequence) => PlacedEvent.OffsetOf(sequence, 0);

    private static HubWorld World(MemoryCustomers customers, params string[] bodies)
    {
        var world = new HubWorld();
        world.Sink = new CustomerSink(customers, customers, "hub-0", world.Time);
        world.Bodies.AddRange(bodies);
        return world;
    }
}
