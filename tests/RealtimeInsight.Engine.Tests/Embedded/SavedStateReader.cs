using System.Buffers;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Tests.Embedded;

/// <summary>The saved states of a store, as a reader of its segments finds them.</summary>
internal static class SavedStateReader
{
    /// <summary>The bytes of each customer's newest state, in the order of ids; offsets, which depend on the turns, left out.</summary>
    public static string Describe(IEngineStore store)
    {
        var states = Newest(store).OrderBy(state => state.Id.Value, StringComparer.Ordinal);
        return string.Join('\n', states.Select(state =>
        {
            state.LastOffset = -1;
            var bytes = new ArrayBufferWriter<byte>();
            CustomerStateCodec.Write(state, bytes);
            return Convert.ToHexString(bytes.WrittenSpan);
        }));
    }

    public static IReadOnlyList<CustomerState> Newest(IEngineStore store)
    {
        var found = new Dictionary<(ulong, ushort), CustomerState>();
        foreach (var index in store.ReadIndexes())
        {
            for (var i = 0; i < index.Count; i++)
            {
                var entry = index[i];
                if (found.ContainsKey((entry.Hash, entry.Twin))) continue;
                var name = new StatePageName(index.Number, entry.Page);
                store.ReadPages([name], (_, page) =>
                {
                    var state = CustomerStateCodec.Read(StatePage.Read(page, entry.At, entry.Hash, store.Name, name));
                    Assert.Equal((state.Id.StableHash, state.LastOffset), (entry.Hash, entry.LastOffset));
                    found[(entry.Hash, entry.Twin)] = state;
                });
            }
        }

        return [.. found.Values];
    }
}
