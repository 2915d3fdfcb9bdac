namespace RealtimeInsight.Engine.Shards;

/// <summary>Something to be asked or done between two turns of a shard.</summary>
internal interface IShardQuery
{
    void Run(Shard shard);

    void Fail(Exception exception);
}

/// <summary>A question with one answer.</summary>
internal sealed class ShardQuery<T>(Func<Shard, T> ask) : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously),
    IShardQuery
{
    public void Run(Shard shard) => TrySetResult(ask(shard));

    public void Fail(Exception exception) => TrySetException(exception);
}
