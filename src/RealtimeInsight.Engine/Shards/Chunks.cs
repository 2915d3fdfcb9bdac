namespace RealtimeInsight.Engine.Shards;

/// <summary>A list that grows in pieces: no copying, and at most one piece of slack. Items are reached by reference.</summary>
internal sealed class Chunks<T>
{
    private const int ChunkBits = 14;
    private const int ChunkLength = 1 << ChunkBits;
    private readonly List<T[]> _chunks = [];

    public int Count { get; private set; }

    public ref T this[int index] => ref _chunks[index >> ChunkBits][index & (ChunkLength - 1)];

    /// <summary>Returns the index of the new item.</summary>
    public int Add(T item)
    {
        if (Count >> ChunkBits == _chunks.Count) _chunks.Add(new T[ChunkLength]);
        this[Count] = item;
        return Count++;
    }
}
