namespace RealtimeInsight.Engine.Shards;

/// <summary>Something to be asked or done between two turns of a shard.</summary>
internal interface IShardQuery
{
    /// <summary>It only looks at one customer, quickly, and may be answered between a turn and what the turn saves.</summary>
    bool IsLook { get; }

    void Run(Shard shard);

    void Fail(Exception exception);
}

/// <summary>A question with one answer.</summary>
internal sealed class ShardQuery<T>(Func<Shard, T> ask, bool isLook)
    : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IShardQuery
{
    public bool IsLook { get; } = isLook;

    public void Run(Shard shard) => TrySetResult(ask(shard));

    public void Fail(Exception exception) => TrySetException(exception);
}
