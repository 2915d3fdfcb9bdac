using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Orleans.Rejects;

/// <summary>What was not accepted anywhere in the cluster. Thread-safe.</summary>
internal sealed class ClusterRejects(IGrainFactory grains, CustomerGrainOptions options) : IRejectControl
{
    private const int LimitMax = 1_000;

    /// <summary>Parts of a share's room: one call may fill one of them, so that it pushes no more than that out.</summary>
    private const int PartsOfShare = 4;
    private uint _next;

    /// <summary>Returns when all are stored.</summary>
    public Task KeepAsync(IEnumerable<RejectedItem> rejects, CancellationToken cancellationToken)
    {
        var bytesMax = options.RejectBytesMax / PartsOfShare;
        var calls = new List<Task>();
        var (part, bytes) = (new List<StoredReject>(), 0);
        foreach (var reject in rejects.Select(item => RejectIds.Cut(Stored(item), bytesMax)))
        {
            var size = RejectIds.BytesOf(reject);
            if (bytes + size > bytesMax && part.Count > 0)
            {
                calls.Add(KeepAsync(part));
                (part, bytes) = ([], 0);
            }

            part.Add(reject);
            bytes += size;
        }

        if (part.Count > 0) calls.Add(KeepAsync(part));
        return Task.WhenAll(calls).WaitAsync(cancellationToken);
    }

    public async ValueTask<IReadOnlyList<KeptReject>> ListAsync(
        RejectFilter filter, int limit, long? before, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LimitMax);
        var query = new RejectQuery
        {
            Limit = limit, Before = before ?? long.MaxValue, Code = filter.Code, Source = filter.Source, FromMs = filter.From?.UnixMs,
            ToMs = filter.To?.UnixMs, IsReplayed = filter.IsReplayed,
        };
        var shares = await Task.WhenAll(Enumerable.Range(0, options.RejectShares).Select(share => Share(share).ListAsync(query)))
            .WaitAsync(cancellationToken).ConfigureAwait(false);
        return [.. shares.SelectMany(static items => items).OrderByDescending(static item => item.RejectId).Take(limit).Select(Kept)];
    }

    public async ValueTask<KeptReject?> FindAsync(long id, CancellationToken cancellationToken)
    {
        if (id < 0) return null;
        var found = await Share(RejectIds.ShareOf(id)).FindAsync(id).WaitAsync(cancellationToken).ConfigureAwait(false);
        return found is null ? null : Kept(found);
    }

    public async ValueTask MarkAsync(long id, string outcome, CancellationToken cancellationToken)
    {
        if (id >= 0) await Share(RejectIds.ShareOf(id)).MarkAsync(id, outcome).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops those whose item names one of the ids; returns how many.</summary>
    public async Task<int> DropAsync(IEnumerable<string> ids)
    {
        string[] names = [.. ids.SelectMany(static id => RejectNames.Of(CustomerId.Parse(id))).Distinct()];
        var dropped = await Task.WhenAll(Enumerable.Range(0, options.RejectShares).Select(share => Share(share).DropAsync(names)));
        return dropped.Sum();
    }

    /// <summary>One share after the other, so that they fill alike.</summary>
    private Task KeepAsync(List<StoredReject> part) =>
        Share((Interlocked.Increment(ref _next) - 1) % options.RejectShares).KeepAsync(new RejectsToKeep { Items = [.. part] });

    private IRejectGrain Share(long share) => grains.GetGrain<IRejectGrain>(share);

    private static StoredReject Stored(RejectedItem item) => new()
    {
        ReceivedAtMs = item.ReceivedAt.UnixMs,
        Source = item.Source,
        Index = item.Index,
        Code = item.Code,
        Message = item.Message,
        Payload = item.Payload,
        Call = item.Call,
        Envelope = item.Envelope,
        IsCut = item.IsCut,
    };

    private static KeptReject Kept(StoredReject item) => new(
        item.RejectId,
        new RejectedItem(new Instant(item.ReceivedAtMs), item.Source, item.Index, item.Code, item.Message, item.Payload)
        {
            Call = item.Call, Envelope = item.Envelope, IsCut = item.IsCut,
        },
        item.ReplayedAtMs == 0 ? null : new Instant(item.ReplayedAtMs),
        item.Outcome);
}
