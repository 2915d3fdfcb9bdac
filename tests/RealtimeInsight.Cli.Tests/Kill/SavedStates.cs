using System.Buffers;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Tests.Kill;

/// <summary>The customers' states as a stopped engine left them in its data folder.</summary>
internal static class SavedStates
{
    public static Dictionary<string, CustomerState> Read(string dataDir)
    {
        using var store = new SqliteStore(new SqliteStoreOptions { DataDirectory = dataDir });
        store.Open();
        var states = new Dictionary<string, CustomerState>(StringComparer.Ordinal);
        foreach (var index in store.ReadIndexes())
        {
            SegmentStates.Read(
                index, store.Name, page => PageOf(store, index.Number, page),
                (_, bytes) =>
                {
                    var state = CustomerStateCodec.Read(bytes);
                    states.TryAdd(state.Id.Value, state);
                },
                damage => throw damage);
        }

        return states;
    }

    private static ReadOnlyMemory<byte> PageOf(SqliteStore store, long segment, int page)
    {
        var bytes = ReadOnlyMemory<byte>.Empty;
        store.ReadPages([new StatePageName(segment, page)], (_, found) => bytes = found.ToArray());
        return bytes;
    }

    /// <summary>
    /// The bytes of a state without what depends on the way rather than on the events: places in the log, moments of deciding, and what
    /// the model says, whose last bits depend on who else was in its batch.
    /// </summary>
    public static byte[] Comparable(CustomerState state)
    {
        state.LastOffset = 0;
        state.Ledger = null;
        state.Recurrent.Clear();
        state.SetScores(default(HeadScores), 0, Instant.None);
        var bytes = new ArrayBufferWriter<byte>();
        CustomerStateCodec.Write(state, bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
