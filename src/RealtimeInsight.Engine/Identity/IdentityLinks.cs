using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Identity;

/// <summary>
/// Carries merges and un-merges through: the first step in the shard of the id that ends (or of the customer that loses it), the second in
/// the other's. Called by one at a time, while no events are queued: so no event meets a history between its two steps.
/// A first step whose second one failed, or that a crash parted from it, is finished before anything else is merged.
/// </summary>
internal sealed class IdentityLinks(
    EngineOptions options, AliasMap aliases, LinkFilter filter, ErasedIds erased, ShardLoop[] loops, TimeProvider time)
{
    private readonly Queue<FirstStep> _unfinished = new();
    private Task _committed = Task.CompletedTask;

    /// <summary>True when the two ids of an event may have to be merged; costs a look-up or two.</summary>
    public bool MayMerge(CustomerEvent item)
    {
        if (!options.MergeAutomatically || item.Visitor is not { } visitor || aliases.TryGet(visitor, out _)) return false;
        if (erased.IsGone(visitor.StableHash, item) || erased.IsGone(item.Customer.StableHash, item)) return false;
        return IsRequest(item) || filter.MayHaveHistory(visitor.StableHash);
    }

    /// <summary>
    /// Merges the visitor of an event into its customer when the visitor has a history and is nobody else's: one that was merged before, or
    /// taken out again, stays where it is.
    /// </summary>
    public async ValueTask LinkAsync(CustomerEvent item)
    {
        await FinishAsync().ConfigureAwait(false);
        var visitor = item.Visitor!.Value;
        var customer = aliases.Resolve(item.Customer);
        if (customer == visitor || aliases.TryGet(visitor, out _)) return;
        if (!await GiveAsync(visitor, customer, item.OccurredAt, isRequest: IsRequest(item)).ConfigureAwait(false))
        {
            filter.HasNone(visitor.StableHash);
        }
    }

    /// <summary>Merges on request; with the commit to wait for.</summary>
    public async Task<(MergeResult Result, Task Committed)> MergeAsync(CustomerId into, CustomerId from)
    {
        await FinishAsync().ConfigureAwait(false);
        var customer = aliases.Resolve(into);
        var owner = aliases.Resolve(from);
        if (owner != from)
        {
            var outcome = owner == customer ? MergeOutcome.AlreadyMerged : MergeOutcome.BelongsToAnother;
            return (new MergeResult(outcome, owner.Value), Task.CompletedTask);
        }

        if (from == customer) return (new MergeResult(MergeOutcome.NothingToDo, customer.Value), Task.CompletedTask);
        var isDone = await GiveAsync(from, customer, Now, isRequest: false).ConfigureAwait(false);
        return (new MergeResult(isDone ? MergeOutcome.Merged : MergeOutcome.Unknown, (isDone ? customer : from).Value), _committed);
    }

    /// <summary>Parts on request; with the commit to wait for.</summary>
    public async Task<(MergeResult Result, Task Committed)> UnmergeAsync(CustomerId into, CustomerId from)
    {
        await FinishAsync().ConfigureAwait(false);
        var customer = aliases.Resolve(from);
        if (customer == from || customer != aliases.Resolve(into) || !aliases.TryGet(from, out var alias))
        {
            return (new MergeResult(MergeOutcome.NothingToDo, customer.Value), Task.CompletedTask);
        }

        // What it was merged into has been merged itself: that one has to come out first.
        if (alias.Customer != customer)
        {
            return (new MergeResult(MergeOutcome.BelongsToAnother, alias.Customer.Value), Task.CompletedTask);
        }

        var members = aliases.MembersOf(from);
        var step = await SendAsync(
            customer,
            shard => Held(shard, shard.Merger.Part(from, customer, alias, members, Now)),
            (shard, record) => record is null ? null : Begun(shard, record, from, from)).ConfigureAwait(false);
        if (step is null) return (new MergeResult(MergeOutcome.TooLong, customer.Value), Task.CompletedTask);
        _unfinished.Enqueue(step);
        await FinishAsync().ConfigureAwait(false);
        return (new MergeResult(MergeOutcome.Unmerged, from.Value), _committed);
    }

    /// <summary>
    /// Ends the histories of a customer and of all that were merged into it, its own last: what a crash leaves is still found by its id.
    /// Returns when that is durable.
    /// </summary>
    /// <param name="rejects">Kept rejects that go with it.</param>
    /// <returns>The erasures, and how many ids there were; none of either when the id is unknown.</returns>
    public async Task<(IReadOnlyList<EraseRow> Rows, int Ids)> EraseAsync(CustomerId id, IReadOnlyList<long> rejects)
    {
        await FinishAsync().ConfigureAwait(false);
        var members = aliases.MembersOf(aliases.Resolve(id));
        var at = Now;
        var rows = new List<EraseRow>();
        var committed = new List<Task>();
        foreach (var member in members.Reverse())
        {
            var row = await SendAsync(
                member,
                shard => shard.Merger.Erase(member, at, member == members[0] ? rejects : []),
                static (shard, made) => made is null ? null : made with { Record = shard.Merger.ErasedBy(made) }).ConfigureAwait(false);
            committed.Add(_committed);
            if (row is null) continue;
            rows.Add(row);
            erased.Put(row.Hash, at);
            aliases.Remove(member);
        }

        await Task.WhenAll(committed).ConfigureAwait(false);
        return (rows, rows.Count == 0 ? 0 : members.Count);
    }

    /// <summary>A first step that the recovery found without its second.</summary>
    public void Unfinished(MergeRecord record, long offset) => _unfinished.Enqueue(new FirstStep(record, offset));

    /// <summary>Takes the second steps that are missing.</summary>
    /// <exception cref="EngineUnavailableException">The log cannot be read now, or the engine is stopping.</exception>
    public async ValueTask FinishAsync()
    {
        while (_unfinished.TryPeek(out var step))
        {
            var (record, offset) = step;
            await SendAsync(
                record.Other,
                shard =>
                {
                    if (record.Step == MergeStep.Given) shard.Merger.Take(record, offset);
                    else shard.Merger.Restore(record, offset);
                    return true;
                },
                static (_, made) => made).ConfigureAwait(false);
            _ = _unfinished.Dequeue();
            LoopOf(record.Customer).Shard.Saver.Hold(long.MaxValue);
        }
    }

    private Instant Now => Instant.From(time.GetUtcNow());

    private static bool IsRequest(CustomerEvent item) => item.Kind == EventKind.Identified && item.Subject == CustomerEvent.AliasSubject;

    /// <summary>Both steps of a merge; false when nothing is known of the id, and it is no request to forward what will come.</summary>
    private async ValueTask<bool> GiveAsync(CustomerId id, CustomerId to, Instant at, bool isRequest)
    {
        var step = await SendAsync(
            id,
            shard => isRequest || shard.Merger.HasHistory(id) ? Held(shard, shard.Merger.Give(id, to, at)) : null,
            (shard, record) => record is null ? null : Begun(shard, record, id, to)).ConfigureAwait(false);
        if (step is null) return false;
        _unfinished.Enqueue(step);
        await FinishAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>A recovery has to find the first step until the second is queued: states saved meanwhile do not do for it.</summary>
    private static MergeRecord? Held(Shard shard, MergeRecord? record)
    {
        if (record is not null) shard.Saver.Hold(shard.Queue.NextOffset);
        return record;
    }

    /// <summary>The first step's record has its offset: from now on the id leads to the customer.</summary>
    private FirstStep Begun(Shard shard, MergeRecord record, CustomerId id, CustomerId customer)
    {
        var offset = shard.Customers.Find(record.Customer, record.Customer.StableHash)!.State.LastOffset;
        aliases.Put(id, customer, offset);
        return new FirstStep(record, offset);
    }

    private async Task<TAnswer> SendAsync<TMade, TAnswer>(
        CustomerId id, Func<Shard, TMade> run, Func<Shard, TMade, TAnswer> finish)
    {
        var command = new ShardCommand<TMade, TAnswer>(run, finish);
        var ticket = new IngestTicket(new IngestBatch([], []), time.GetTimestamp());
        ticket.AddPart();
        await LoopOf(id).EnqueueAsync(new IngestPart(ticket, 0) { Command = command }, CancellationToken.None).ConfigureAwait(false);
        _ = ticket.Done();
        _committed = ticket.Task;
        try
        {
            // A shard that ends settles the ticket, not the command.
            if (await Task.WhenAny(command.Task, ticket.Task).ConfigureAwait(false) == ticket.Task) await ticket.Task.ConfigureAwait(false);
            return await command.Task.ConfigureAwait(false);
        }
        catch (StoreException exception)
        {
            throw new EngineUnavailableException($"the log cannot be read to merge histories ({exception.Message}); try again", exception);
        }
    }

    private ShardLoop LoopOf(CustomerId id) => loops[BatchRouter.ShardOf(id.StableHash, loops.Length)];

    private sealed record FirstStep(MergeRecord Record, long Offset);
}
