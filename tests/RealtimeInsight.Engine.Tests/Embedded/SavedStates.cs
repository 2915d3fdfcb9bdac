using System.Buffers;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Tests.Embedded;

/// <summary>The saved states of a store, to be compared.</summary>
internal static class SavedStates
{
    /// <summary>The bytes of each customer's newest state, in the order of ids; offsets, which depend on the turns, left out.</summary>
    public static string Describe(IEngineStore store) => string.Join(
        '\n', Newest(store).OrderBy(state => state.Id.Value, StringComparer.Ordinal).Select(state =>
        {
            state.LastOffset = -1;
            var bytes = new ArrayBufferWriter<byte>();
            CustomerStateCodec.Write(state, bytes);
            return Convert.ToHexString(bytes.WrittenSpan);
        }));

    private static List<CustomerState> Newest(IEngineStore store)
    {
        var seen = new HashSet<(ulong, ushort)>();
        var states = new List<CustomerState>();
        foreach (var index in store.ReadIndexes())
        {
            for (var i = 0; i < index.Count; i++)
            {
                var entry = index[i];
                if (!seen.Add((entry.Hash, entry.Twin))) continue;
                var name = new StatePageName(index.Number, entry.Page);
                store.ReadPages([name], (_, page) => states.Add(
                    CustomerStateCodec.Read(StatePage.Read(page, entry.At, entry.Hash, store.Name, name))));
                Assert.Equal((states[^1].Id.StableHash, states[^1].LastOffset), (entry.Hash, entry.LastOffset));
            }
        }

        return states;
    }
}
