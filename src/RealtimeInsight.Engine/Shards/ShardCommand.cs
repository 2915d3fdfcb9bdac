using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// A command with an answer, given once its turn is over. A store that cannot be read fails the command and not the shard: commands read
/// before they change anything.
/// </summary>
/// <param name="run">In the turn.</param>
/// <param name="finish">After it, when offsets are known: makes the answer.</param>
internal sealed class ShardCommand<TMade, TAnswer>(Func<Shard, TMade> run, Func<Shard, TMade, TAnswer> finish)
    : TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously), IShardCommand
{
    private TMade? _made;
    private StoreException? _problem;

    public void Run(Shard shard)
    {
        try
        {
            _made = run(shard);
        }
        catch (StoreException problem)
        {
            _problem = problem;
        }
    }

    public void Finished(Shard shard)
    {
        if (_problem is not null) TrySetException(_problem);
        else TrySetResult(finish(shard, _made!));
    }
}
