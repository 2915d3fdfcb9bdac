using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Reads;

/// <summary>The kept rejects over the store; marks go through the commit queue.</summary>
internal sealed class RejectControl(IEngineStore store, CommitQueue queue, TimeProvider time) : IRejectControl
{
    private const int LimitMax = 1_000;

    public ValueTask<IReadOnlyList<KeptReject>> ListAsync(
        RejectFilter filter, int limit, long? before, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LimitMax);
        return ValueTask.FromResult(store.ReadRejects(filter, before ?? long.MaxValue, limit));
    }

    public ValueTask<KeptReject?> FindAsync(long id, CancellationToken cancellationToken) => ValueTask.FromResult(store.FindReject(id));

    public async ValueTask MarkAsync(long id, string outcome, CancellationToken cancellationToken) =>
        await ControlCommit.RunAsync(queue, [new ReplayRow(id, Instant.From(time.GetUtcNow()), outcome)]).ConfigureAwait(false);
}
