namespace RealtimeInsight.Engine.Storage;

/// <summary>Receives one saved state; the bytes are valid during the call.</summary>
public delegate void SavedStateReader(ulong customerHash, ReadOnlySpan<byte> state);

/// <summary>Reads all states of a segment, for checks: an engine reads the ones that it needs.</summary>
public static class SegmentStates
{
    /// <param name="source">The store's name, for messages.</param>
    /// <param name="pageOf">Gives a page by its position; called once for each page, in order.</param>
    /// <param name="read">Called for each state that is what was written.</param>
    /// <param name="damaged">Called for each that is not, or whose page cannot be had.</param>
    public static void Read(
        SegmentIndex index, string source, Func<int, ReadOnlyMemory<byte>> pageOf, SavedStateReader read,
        Action<StoreCorruptException> damaged)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(pageOf);
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(damaged);
        var number = -1;
        ReadOnlyMemory<byte>? page = null;
        for (var i = 0; i < index.Count; i++)
        {
            var entry = index[i];
            try
            {
                if (entry.Page != number)
                {
                    number = entry.Page;
                    page = null;
                    page = pageOf(number);
                }

                if (page is not { } bytes) continue;
                read(entry.Hash, StatePage.Read(bytes.Span, entry.At, entry.Hash, source, new StatePageName(index.Number, number)));
            }
            catch (StoreCorruptException damage)
            {
                damaged(damage);
            }
        }
    }
}
