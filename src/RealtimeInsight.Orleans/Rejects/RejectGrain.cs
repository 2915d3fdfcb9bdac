using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Contracts;

namespace RealtimeInsight.Orleans.Rejects;

/// <summary>
/// One write for each call that keeps something; what it drops to make room is the oldest. A caller who hears that it failed sends it
/// again.
/// </summary>
[GrainType("ri.rejects")]
internal sealed class RejectGrain(
    [PersistentState("rejects", SiloHosting.StorageName)] IPersistentState<RejectState> storage, CustomerCore core) : Grain, IRejectGrain
{
    /// <inheritdoc/>
    public Task KeepAsync(RejectsToKeep rejects)
    {
        ArgumentNullException.ThrowIfNull(rejects);
        ContractVersion.Check(rejects.Version, "the rejects");
        var (items, last) = (new List<StoredReject>(storage.State.Items), storage.State.LastSequence);
        foreach (var reject in rejects.Items)
        {
            last = RejectIds.Next(last, core.Now);
            items.Add(reject with { RejectId = RejectIds.Of(last, this.GetPrimaryKeyLong()) });
        }

        var bytes = items.Sum(RejectIds.BytesOf);
        var dropped = 0;
        while (bytes > core.Options.RejectBytesMax && dropped < items.Count - 1) bytes -= RejectIds.BytesOf(items[dropped++]);
        items.RemoveRange(0, dropped);
        core.Instruments.RejectsDropped(dropped);
        return storage.ReplaceAsync(new RejectState { Items = items, LastSequence = last });
    }

    /// <inheritdoc/>
    public Task<StoredReject[]> ListAsync(RejectQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Task.FromResult(storage.State.Items.AsEnumerable().Reverse().Where(item => Passes(item, query)).Take(query.Limit).ToArray());
    }

    /// <inheritdoc/>
    public Task<StoredReject?> FindAsync(long id) => Task.FromResult(storage.State.Items.Find(item => item.RejectId == id));

    /// <inheritdoc/>
    public Task MarkAsync(long id, string outcome)
    {
        var items = new List<StoredReject>(storage.State.Items);
        var at = items.FindIndex(item => item.RejectId == id);
        if (at < 0) return Task.CompletedTask;
        items[at] = items[at] with { ReplayedAtMs = core.Now.UnixMs, Outcome = outcome };
        return storage.ReplaceAsync(new RejectState { Items = items, LastSequence = storage.State.LastSequence });
    }

    /// <inheritdoc/>
    public async Task<int> DropAsync(string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var (before, last) = (storage.State.Items, storage.State.LastSequence);
        List<StoredReject> kept =
            [.. before.Where(item => !RejectNames.IsIn(item.Payload, names) && !RejectNames.IsIn(item.Envelope, names))];
        if (kept.Count < before.Count) await storage.ReplaceAsync(new RejectState { Items = kept, LastSequence = last });
        return before.Count - kept.Count;
    }

    private static bool Passes(StoredReject item, RejectQuery query) =>
        item.RejectId < query.Before
        && (query.Code is null || query.Code == item.Code)
        && (query.Source is null || query.Source == item.Source)
        && (query.FromMs is null || item.ReceivedAtMs >= query.FromMs)
        && (query.ToMs is null || item.ReceivedAtMs < query.ToMs)
        && (query.IsReplayed is null || query.IsReplayed == item.ReplayedAtMs > 0);
}
