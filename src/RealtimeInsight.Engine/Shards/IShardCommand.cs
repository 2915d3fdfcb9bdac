namespace RealtimeInsight.Engine.Shards;

/// <summary>Something done in a turn of its shard: it may change customers and add records, which are committed as the turn's.</summary>
internal interface IShardCommand
{
    /// <summary>Runs in the turn, after its events.</summary>
    void Run(Shard shard);

    /// <summary>Runs after the turn: its records have their offsets, and are committed before any that is queued later.</summary>
    void Finished(Shard shard);
}
