namespace RealtimeInsight.Engine.Storage;

/// <summary>
/// Saved states of some customers, written at once: pages that are read one by one, and an index that tells a starting engine all it has
/// to know without reading a state. A customer's newest state is the one in the segment with the highest number; a segment goes when
/// none of its states is the newest any more. The memory belongs to whoever made it: a store copies what it keeps.
/// </summary>
/// <param name="Pages">States as <see cref="StatePage"/> lays them out; a store gives each back by its position in this list.</param>
public sealed record StateSegment(SegmentIndex Index, IReadOnlyList<ReadOnlyMemory<byte>> Pages)
{
    /// <summary>Most pages of one segment.</summary>
    public const int PagesMax = 1 << 16;

    public long Number => Index.Number;
}

/// <summary>Names one page of a segment.</summary>
public readonly record struct StatePageName(long Segment, int Page);

/// <summary>Receives a page that was asked for; the bytes are valid during the call.</summary>
/// <param name="index">Position of the page's name in the list that was given.</param>
public delegate void StatePageReader(int index, ReadOnlySpan<byte> page);
