using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite.Tests;

/// <summary>What a transaction allocates on the managed heap, whatever its bytes.</summary>
public sealed class CommitAllocationTests
{
    private const int Turns = 64;
    private const int EventsOfATurn = 256;

    [Fact]
    public void Commit_OfTurns_AllocatesLessThanAByteAnEvent()
    {
        var folder = Directory.CreateTempSubdirectory("insight-commit-");
        try
        {
            using var store = new SqliteStore(new SqliteStoreOptions { DataDirectory = folder.FullName });
            _ = store.Open();
            var groups = new Queue<CommitGroup>(Enumerable.Range(0, 8).Select(static i => GroupOf(i * Turns * EventsOfATurn)));

            Assert.InRange(Allocation.Least(() => store.Commit(groups.Dequeue())), 0, Turns * EventsOfATurn);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static CommitGroup GroupOf(long firstOffset)
    {
        var group = new CommitGroup();
        for (var turn = 0; turn < Turns; turn++)
        {
            group.Rows.Add(new LogRow(
                firstOffset + (turn * EventsOfATurn), EventsOfATurn, new Instant(1), new Instant(2),
                new byte[EventsOfATurn * sizeof(ulong)], new byte[EventsOfATurn * 150], 0).Sealed());
        }

        return group;
    }
}
