using RealtimeInsight.Engine.Identity;
using RealtimeInsight.Engine.Shards;

namespace RealtimeInsight.Engine.Commit;

/// <summary>
/// Queues batches one after the other: a sender that does not wait for answers still has its events applied in its order. Merges happen
/// between events, at the event that says that two ids are one person; nothing is queued meanwhile. Thread-safe.
/// </summary>
internal sealed class Intake(ShardLoop[] loops, BatchRouter router, AliasMap aliases, IdentityLinks links) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Queues a batch; waits while queues are full.</summary>
    public async ValueTask TakeAsync(IngestTicket ticket, CancellationToken cancellationToken)
    {
        var plan = router.Plan(ticket);
        var version = aliases.Version;
        var linked = LinksOf(plan);
        var parts = linked is null ? router.Split(plan, 0, plan.Count, ticket.Batch.Rejects) : null;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (linked is not null) await TakeLinkedAsync(plan, linked, cancellationToken).ConfigureAwait(false);
            else await TakeAsync(plan, parts!, version, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        plan.Release();
    }

    /// <summary>Does something with identities while no events are queued.</summary>
    public async Task<T> BetweenAsync<T>(Func<IdentityLinks, Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await work(links).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Places of events that may have to merge two ids; null when there are none.</summary>
    private List<int>? LinksOf(BatchPlan plan)
    {
        if (!plan.HasVisitors) return null;
        List<int>? places = null;
        for (var place = 0; place < plan.Count; place++)
        {
            if (links.MayMerge(plan.Ticket.Events[plan.IndexAt(place)])) (places ??= []).Add(place);
        }

        return places;
    }

    private ValueTask TakeAsync(
        in BatchPlan plan, List<(int Shard, IngestPart Part)> parts, int version, CancellationToken cancellationToken)
    {
        router.Note(plan, 0, plan.Count);
        if (version == aliases.Version) return EnqueueAsync(plan.Ticket, parts, cancellationToken);
        foreach (var (_, part) in parts) part.Release();
        return EnqueueAsync(plan.Ticket, router.Split(plan, 0, plan.Count, plan.Ticket.Batch.Rejects), cancellationToken);
    }

    private async ValueTask TakeLinkedAsync(BatchPlan plan, List<int> places, CancellationToken cancellationToken)
    {
        var ticket = plan.Ticket;
        var from = 0;
        var rejects = ticket.Batch.Rejects;
        foreach (var place in places)
        {
            var item = ticket.Events[plan.IndexAt(place)];
            router.Note(plan, from, place);
            if (!links.MayMerge(item)) continue;
            await EnqueueAsync(ticket, router.Split(plan, from, place, rejects), cancellationToken).ConfigureAwait(false);
            (from, rejects) = (place, []);
            await links.LinkAsync(item).ConfigureAwait(false);
        }

        router.Note(plan, from, plan.Count);
        await EnqueueAsync(ticket, router.Split(plan, from, plan.Count, rejects), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask EnqueueAsync(
        IngestTicket ticket, List<(int Shard, IngestPart Part)> parts, CancellationToken cancellationToken)
    {
        foreach (var (shard, part) in parts)
        {
            ticket.AddPart();
            await loops[shard].EnqueueAsync(part, cancellationToken).ConfigureAwait(false);
        }
    }
}
