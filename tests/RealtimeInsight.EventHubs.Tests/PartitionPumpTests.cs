using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs.Tests;

public sealed class PartitionPumpTests
{
    private sealed class Killed : Exception;

    private sealed class StorageGone : Exception;

    [Fact]
    public async Task Process_EventsOfAPartition_ReachTheEngineInOrder()
    {
        var world = World("ada", "bob", "ada", "cyd", "ada");

        await world.ReadToTheEndAsync(world.NewOwner());

        Assert.Equal(["ada", "bob", "ada", "cyd", "ada"], world.Engine.Events.Select(one => one.Customer.Value));
        Assert.Equal(world.Engine.Events.Select(one => one.Id.Value).Distinct(), world.Engine.Events.Select(one => one.Id.Value));
    }

    [Fact]
    public async Task Checkpoint_BeforeTheEngineAcknowledged_IsNotSaved()
    {
        var world = World("ada", "bob");
        world.Options.CheckpointEventsMax = 1;
        world.Engine.BeforeCommit = () => Assert.Equal(-1, world.Checkpoint);

        await world.ReadToTheEndAsync(world.NewOwner());

        Assert.Equal((1, 1), (world.Checkpoint, world.Saves));
    }

    [Fact]
    public async Task Checkpoint_ByEventsAndByAge_IsSavedWhenDue()
    {
        var world = World([.. Enumerable.Repeat("ada", 9)]);
        world.Options.CheckpointEventsMax = 6;
        var pump = world.NewOwner();

        await world.ReadToTheEndAsync(pump);
        Assert.Equal((5, 1), (world.Checkpoint, world.Saves));

        // Three are behind it; a quiet partition gets its checkpoint by age, and then none any more.
        await pump.ProcessAsync([], CancellationToken.None);
        Assert.Equal(1, world.Saves);
        world.Time.Now += world.Options.CheckpointAgeMax;
        await pump.ProcessAsync([], CancellationToken.None);
        await pump.ProcessAsync([], CancellationToken.None);
        Assert.Equal((8, 2), (world.Checkpoint, world.Saves));
    }

    [Fact]
    public async Task Checkpoint_StorageFails_ReadingGoesOnAndALaterOneIsSaved()
    {
        var world = World("ada", "bob", "cyd", "dee");
        world.Options.CheckpointEventsMax = 3;
        world.SaveFault = new StorageGone();
        var pump = world.NewOwner();

        await world.ReadToTheEndAsync(pump);
        Assert.Equal((4, -1), (world.Engine.Events.Count, world.Checkpoint));
        world.Time.Now += world.Options.CheckpointAgeMax;
        await pump.ProcessAsync([], CancellationToken.None);

        Assert.Equal(3, world.Checkpoint);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, -1)]
    public async Task Stop_OwnedOrLost_SavesOnlyWhatIsStillOwned(bool isOwned, long checkpoint)
    {
        var world = World("ada", "bob", "cyd");
        var pump = world.NewOwner();
        await world.ReadToTheEndAsync(pump);

        await pump.StopAsync(isOwned, CancellationToken.None);

        Assert.Equal(checkpoint, world.Checkpoint);
    }

    /// <summary>Killed at every commit in turn, before it and after it, with checkpoints of every distance.</summary>
    [Fact]
    public async Task Kill_AtAnyCommit_TheNextOwnerLosesNothingAndAppliesNothingTwice()
    {
        for (var distance = 1; distance <= 10; distance += 3)
        {
            for (var kill = 1; kill <= 7; kill++)
            {
                foreach (var isAfter in (bool[])[false, true]) await KillAndReadOnAsync(distance, kill, isAfter);
            }
        }
    }

    private static async Task KillAndReadOnAsync(int distance, int kill, bool isAfter)
    {
        var world = World([.. Enumerable.Range(0, 20).Select(i => $"c{i}")]);
        world.Options.CheckpointEventsMax = distance;
        var commits = 0;
        void Count()
        {
            if (++commits == kill) throw new Killed();
        }

        if (isAfter) world.Engine.AfterCommit = Count;
        else world.Engine.BeforeCommit = Count;
        await Assert.ThrowsAsync<Killed>(() => world.ReadToTheEndAsync(world.NewOwner()));
        Assert.True(world.Checkpoint < world.Engine.Events.Count, "a checkpoint is ahead of what is durable");

        var next = world.NewOwner();
        await world.ReadToTheEndAsync(next);
        await next.StopAsync(isOwned: true, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"c{i}"), world.Engine.Events.Select(one => one.Customer.Value));
        Assert.Equal(19, world.Checkpoint);
    }

    [Fact]
    public async Task HandOver_OldOwnerStillBusy_EventsCountOnce()
    {
        var world = World("ada", "bob", "cyd", "dee");
        var (old, next) = (world.NewOwner(), world.NewOwner());

        await old.ProcessAsync([world.At(0), world.At(1)], CancellationToken.None);
        await world.ReadToTheEndAsync(next);
        await next.StopAsync(isOwned: true, CancellationToken.None);
        await old.ProcessAsync([world.At(2)], CancellationToken.None);
        await old.StopAsync(isOwned: false, CancellationToken.None);

        Assert.Equal(["ada", "bob", "cyd", "dee"], world.Engine.Events.Select(one => one.Customer.Value));
        Assert.Equal((3, 3), (world.Engine.Duplicates, world.Checkpoint));
    }

    [Fact]
    public async Task Poison_BetweenEvents_IsKeptAndHoldsNothingBack()
    {
        var world = World("ada", "poison", "crash", "bob");

        await world.ReadToTheEndAsync(world.NewOwner());

        Assert.Equal(["ada", "bob"], world.Engine.Events.Select(one => one.Customer.Value));
        Assert.Equal(["invalid_json", PartitionPump.Unreadable], world.Engine.Kept.Select(kept => kept.Code));
        var unreadable = world.Engine.Kept[1];
        Assert.Equal(("crash", "eventhubs", false), (unreadable.Payload, unreadable.Source, unreadable.IsCut));
    }

    [Fact]
    public async Task EngineUnavailable_IsOfferedTheBatchAgainWithGrowingWaits()
    {
        var world = World("ada");
        world.Options.RetryWaitMax = TimeSpan.FromSeconds(3);
        var refusals = 4;
        world.Engine.BeforeCommit = () =>
        {
            if (refusals-- > 0) throw new EngineUnavailableException("the store is full");
        };

        await world.ReadToTheEndAsync(world.NewOwner());

        Assert.Single(world.Engine.Events);
        Assert.Equal([1, 2, 3, 3], world.Time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task EngineUnavailable_AndReadingEnds_NothingIsAcknowledged()
    {
        var world = World("ada");
        world.Options.CheckpointEventsMax = 1;
        using var stop = new CancellationTokenSource();
        world.Engine.BeforeCommit = () =>
        {
            stop.Cancel();
            throw new EngineUnavailableException("the engine is stopping");
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.ReadToTheEndAsync(world.NewOwner(), stop.Token));

        Assert.Equal((-1, 0), (world.Checkpoint, world.Engine.Events.Count));
    }

    private static HubWorld World(params string[] bodies)
    {
        var world = new HubWorld();
        world.Bodies.AddRange(bodies);
        return world;
    }
}
