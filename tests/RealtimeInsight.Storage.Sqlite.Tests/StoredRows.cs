using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite.Tests;

/// <summary>Rows and states of a size, for stores whose content nobody decodes.</summary>
internal static class StoredRows
{
    /// <summary>A group with one row of one record at the offset, and one state segment.</summary>
    public static CommitGroup Group(long offset, int bytes = 600)
    {
        var group = new CommitGroup();
        group.Rows.Add(Row(offset, bytes));
        group.Segments.Add(Segment(offset, State(offset, bytes)));
        return group;
    }

    /// <summary>The bytes of the state in that group's segment.</summary>
    public static byte[] State(long offset, int bytes = 600) => Bytes(offset + 1, bytes);

    private static StateSegment Segment(long number, byte[] state)
    {
        var page = new byte[StatePage.HeaderLength + state.Length];
        state.CopyTo(page, StatePage.HeaderLength);
        StatePage.Seal(page, customerHash: (ulong)number + 1);
        var index = new byte[SegmentIndex.HeaderLength + StateEntry.Length];
        SegmentIndex.WriteHeader(index, deadlineStamp: 0, Instant.None);
        new StateEntry((ulong)number + 1, 0, number, Instant.Never, 0f, default, 0, 0).Write(index.AsSpan(SegmentIndex.HeaderLength));
        return new StateSegment(new SegmentIndex(number, 1, index, 0).Sealed(), [page]);
    }

    private static LogRow Row(long offset, int bytes) =>
        new LogRow(offset, 1, new Instant(1), new Instant(1), new byte[sizeof(ulong)], Bytes(offset, bytes), 0).Sealed();

    private static byte[] Bytes(long seed, int count)
    {
        var bytes = new byte[count];
        new Random((int)seed).NextBytes(bytes);
        return bytes;
    }
}
