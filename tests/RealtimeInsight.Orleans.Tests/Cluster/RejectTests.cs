using System.Collections.Concurrent;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Orleans.Rejects;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>What was not accepted, kept by a cluster.</summary>
public sealed class RejectTests
{
    [Fact]
    public async Task KilledSilo_WhileRejectsCome_HasAllThatWereAcknowledged()
    {
        await using var shop = await TestShop.OpenAsync();
        var engine = shop.Engine;
        var kept = new ConcurrentBag<string>();
        async Task SendAsync(int number)
        {
            try
            {
                await engine.IngestAsync(new IngestBatch([], [Reject($"reject {number}")]), CancellationToken.None);
                kept.Add($"reject {number}");
            }
            catch (EngineUnavailableException)
            {
                // Not acknowledged: its sender would send it again.
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 40).Select(SendAsync));
        Assert.Equal(40, kept.Count);
        var sending = Task.WhenAll(Enumerable.Range(40, 80).Select(SendAsync));
        await shop.Cluster.KillSiloAsync(shop.Cluster.Silos[1]);
        await sending;
        await shop.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);

        var listed = await engine.Rejects.ListAsync(new RejectFilter(), 1000, null, CancellationToken.None);
        Assert.Superset(kept.ToHashSet(), listed.Select(static one => one.Item.Payload).ToHashSet());
        Assert.Equal(listed.Count, listed.Select(static one => one.Id).Distinct().Count());
        Assert.Equal(listed.OrderByDescending(static one => one.Id), listed);
    }

    [Fact]
    public async Task Rejects_MoreThanThereIsRoomFor_LoseTheOldestAndAreCut()
    {
        var grains = new CustomerGrainOptions { RejectShares = 1, RejectBytesMax = 16 << 10 };
        await using var shop = await TestShop.OpenAsync(grains: grains);
        var engine = shop.Engine;
        for (var i = 0; i < 10; i++)
        {
            await engine.IngestAsync(new IngestBatch([], [Reject($"{i}" + new string('x', 9000))]), CancellationToken.None);
        }

        var listed = await engine.Rejects.ListAsync(new RejectFilter(), 1000, null, CancellationToken.None);
        Assert.Equal(["9", "8", "7", "6"], listed.Select(static one => one.Item.Payload[..1]));
        Assert.All(listed, static one => Assert.True(one.Item.IsCut, "a payload beyond the limit is marked as cut"));
    }

    [Fact]
    public async Task Rejects_StorageFails_AreNotAcknowledgedAndNotThereTwice()
    {
        await using var shop = await TestShop.OpenAsync(grains: new CustomerGrainOptions { RejectShares = 1 });
        var engine = shop.Engine;
        shop.Storage.FailNext(1, "rejects");
        var batch = new IngestBatch([], [Reject("again")]);

        await Assert.ThrowsAsync<EngineUnavailableException>(
            async () => await engine.IngestAsync(batch, CancellationToken.None));
        await engine.IngestAsync(batch, CancellationToken.None);

        Assert.Single(await engine.Rejects.ListAsync(new RejectFilter(), 1000, null, CancellationToken.None));
        Assert.Equal(1, engine.GetStatus().EventsRejected);
    }

    [Theory]
    [InlineData("plain", 100)]
    [InlineData("\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00", 75)]
    public void Cut_AnyPayload_FitsAndEndsBetweenCharacters(string text, int bytesMax)
    {
        var cut = RejectIds.Cut(Stored(string.Concat(Enumerable.Repeat(text, 50))), bytesMax + 20);

        Assert.True(cut.IsCut, "the payload is longer than there is room for");
        Assert.InRange(RejectIds.BytesOf(cut), 1, bytesMax + 20);
        Assert.DoesNotContain('\uFFFD', System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(cut.Payload)));
        Assert.Equal(cut, RejectIds.Cut(cut, bytesMax + 20));
    }

    private static RejectedItem Reject(string payload) => new(Scenario.Start, "http", 0, "bad_time", "a message", payload);

    private static StoredReject Stored(string payload) => new()
    {
        ReceivedAtMs = Instant.None.UnixMs, Source = "s", Index = 0, Code = "c", Message = "m", Payload = payload,
    };
}
