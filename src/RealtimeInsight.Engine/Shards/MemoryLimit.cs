namespace RealtimeInsight.Engine.Shards;

/// <summary>Keeps the states of a shard within their limit: saved customers who were not used lately leave memory.</summary>
/// <param name="bytesMax">0 for no limit.</param>
internal sealed class MemoryLimit(
    long bytesMax, CustomerTable customers, ShardDeadlines deadlines, StateSaver saver, ShardCounters counters)
{
    /// <summary>Customers that the hand passes after a turn, as long as there is some room.</summary>
    private const int LooksPerTurn = 2_048;

    /// <summary>More is in memory than is to be: nothing is taken in before some have left.</summary>
    public bool IsFull => bytesMax > 0 && customers.Resident.Bytes > bytesMax;

    /// <summary>Nearly full: customers leave, and changed ones are saved without waiting for their time.</summary>
    public bool IsCrowded => bytesMax > 0 && customers.Resident.Bytes > bytesMax - (bytesMax / 8);

    /// <summary>Lets customers leave until it is not crowded any more; not all at once unless it is full. Between turns.</summary>
    public void MakeRoom()
    {
        var looks = IsFull ? 2 * customers.Count : LooksPerTurn;
        while (IsCrowded && customers.Resident.TryNext(ref looks, out var index))
        {
            if (!saver.IsSaved(index)) continue;
            deadlines.Settle(index);
            customers.Leave(index);
            counters.Evictions++;
        }
    }
}
