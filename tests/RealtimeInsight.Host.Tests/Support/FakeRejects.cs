using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Tests;

/// <summary>Rejects in a list.</summary>
internal sealed class FakeRejects : IRejectControl
{
    private readonly List<KeptReject> _kept = [];

    public IReadOnlyList<KeptReject> All
    {
        get
        {
            lock (_kept) return [.. _kept];
        }
    }

    public long Add(RejectedItem item)
    {
        lock (_kept)
        {
            _kept.Add(new KeptReject(_kept.Count + 1, item));
            return _kept.Count;
        }
    }

    public ValueTask<IReadOnlyList<KeptReject>> ListAsync(
        RejectFilter filter, int limit, long? before, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<KeptReject>>(
        [
            .. All.Reverse().Where(kept => before is null || kept.Id < before)
                .Where(kept => filter.Code is null || kept.Item.Code == filter.Code)
                .Where(kept => filter.Source is null || kept.Item.Source == filter.Source)
                .Where(kept => filter.IsReplayed is null || kept.ReplayedAt.HasValue == filter.IsReplayed)
                .Take(limit),
        ]);

    public ValueTask<KeptReject?> FindAsync(long id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(All.FirstOrDefault(kept => kept.Id == id));

    public ValueTask MarkAsync(long id, string outcome, CancellationToken cancellationToken)
    {
        lock (_kept) _kept[(int)id - 1] = _kept[(int)id - 1] with { ReplayedAt = Sample.At, Outcome = outcome };
        return ValueTask.CompletedTask;
    }
}
