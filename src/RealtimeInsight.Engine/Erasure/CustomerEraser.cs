using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Erasure;

/// <summary>
/// Erases customers. First, in turns of their shards, each of the customer's ids gets a record that ends its history: from its commit on
/// nobody finds the customer, also after a crash. Then its decisions and actions go, and once no start would need them any more (the
/// checkpoint is past that record) the contents of its log records and saved states are overwritten. What a crash leaves undone, the next
/// start goes on with.
/// </summary>
internal sealed class CustomerEraser(EngineParts parts, IEngineStore store, ILogger logger) : IAsyncDisposable
{
    /// <summary>Free pages that are overwritten in one transaction.</summary>
    private const int ScrubPages = 64;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _unfinished = Task.CompletedTask;

    /// <summary>What a crash left undone; done when that is.</summary>
    public Task Unfinished => _unfinished;

    /// <summary>Goes on with what a crash left undone.</summary>
    public void Start(IReadOnlyList<EraseRow> rows)
    {
        var open = rows.Where(static row => !row.IsDone).ToArray();
        if (open.Length > 0) _unfinished = FinishAsync(open);
    }

    /// <summary>
    /// Returns when nothing is left; null when nothing is known of the id, and no reject names it. Not cancelled once begun.
    /// </summary>
    public async Task<ErasureResult?> EraseAsync(CustomerId customer, CancellationToken cancellationToken)
    {
        var ids = parts.Aliases.MembersOf(parts.Aliases.Resolve(customer));
        var rejects = store.FindRejects([.. ids.SelectMany(RejectNames.Of)]).ToArray();
        var (rows, count) = await parts.Intake.BetweenAsync(links => links.EraseAsync(customer, rejects), cancellationToken)
            .ConfigureAwait(false);
        if (rows.Count == 0 && rejects.Length == 0) return null;
        ErasureResult wiped;
        try
        {
            // The rejects of an id that never became a customer go in nobody's turn.
            if (rows.Count == 0) await CommitAsync(rejects.Select(static id => new DropRejectRow(id))).ConfigureAwait(false);
            wiped = await WipeAsync(rows).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or ObjectDisposedException && _stop.IsCancellationRequested)
        {
            throw new EngineUnavailableException(rows.Count == 0
                ? "the engine is stopping: erase the id again when it runs"
                : "the engine is stopping: the customer is gone, and the next start overwrites what is left of it in the data folder");
        }

        EngineLog.Erased(logger, count, wiped.Records, wiped.States, wiped.Decisions, rejects.Length);
        return wiped with { Ids = count, Rejects = rejects.Length };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _unfinished.ConfigureAwait(false);
        await _turn.WaitAsync().ConfigureAwait(false);
        _turn.Dispose();
        _stop.Dispose();
    }

    private async Task FinishAsync(IReadOnlyList<EraseRow> rows)
    {
        try
        {
            var wiped = await WipeAsync(rows).ConfigureAwait(false);
            EngineLog.Erased(logger, rows.Count, wiped.Records, wiped.States, wiped.Decisions, 0);
        }
        catch (Exception exception) when (exception is StoreException or EngineUnavailableException or OperationCanceledException)
        {
            if (!_stop.IsCancellationRequested) EngineLog.ErasureWaits(logger, rows.Count, exception.Message);
        }
    }

    private async Task<ErasureResult> WipeAsync(IReadOnlyList<EraseRow> rows)
    {
        await _turn.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            var wiped = new ErasureResult(0, 0, 0, 0, 0);
            foreach (var row in rows)
            {
                var decisions = await ForgetDecisionsAsync(row).ConfigureAwait(false);
                wiped = wiped with { Decisions = wiped.Decisions + decisions };
            }

            foreach (var row in rows)
            {
                await parts.Commit.PassedAsync(row.Record + 1).WaitAsync(_stop.Token).ConfigureAwait(false);
            }

            wiped = wiped with { States = await WipeStatesAsync(rows).ConfigureAwait(false) };
            foreach (var row in rows)
            {
                var records = await WipeRecordsAsync(row).ConfigureAwait(false);
                wiped = wiped with { Records = wiped.Records + records };
            }

            await ScrubAsync().ConfigureAwait(false);
            await CommitAsync([new ScrubRow(0), .. rows.Select(static row => row with { IsDone = true })]).ConfigureAwait(false);
            return wiped;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<int> ForgetDecisionsAsync(EraseRow erased)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var at = PreviousOf(erased.Record); parts.Log.Find(at) is { } entry; at = entry.Previous)
        {
            if (entry.Kind != RecordKind.Decision) continue;
            ids.Add((string)DecisionPayload.ReadDecision(entry.Payload, out _)["decision_id"]!);
        }

        foreach (var id in ids)
        {
            await parts.Delivery.ForgetAsync(id, _stop.Token).ConfigureAwait(false);
        }

        return ids.Count;
    }

    /// <summary>
    /// Overwrites the states that were saved before; the newest ones, which hold nothing, are saved. The indexes of all customers are read
    /// for it: once, however many ids there are.
    /// </summary>
    private async Task<int> WipeStatesAsync(IReadOnlyList<EraseRow> rows)
    {
        if (rows.Count == 0) return 0;
        var erased = rows.ToDictionary(static row => (row.Hash, row.Twin), static row => row.Record);
        var found = new Dictionary<StatePageName, List<(int At, ulong Hash)>>();
        foreach (var index in store.ReadIndexes())
        {
            for (var i = 0; i < index.Count; i++)
            {
                var entry = index[i];
                if (!erased.TryGetValue((entry.Hash, entry.Twin), out var record) || entry.LastOffset >= record) continue;
                var name = new StatePageName(index.Number, entry.Page);
                if (!found.TryGetValue(name, out var places)) found[name] = places = [];
                places.Add((entry.At, entry.Hash));
            }
        }

        var count = 0;
        foreach (var (name, places) in found)
        {
            byte[] bytes = [];
            try
            {
                store.ReadPages([name], (_, page) => bytes = page.ToArray());
            }
            catch (StoreCorruptException)
            {
                // Its segment was given up meanwhile, and the page with it.
                continue;
            }

            foreach (var (at, hash) in places) StatePage.Wipe(bytes.AsSpan(at), hash);
            await CommitAsync([new RewritePageRow(name, bytes)]).ConfigureAwait(false);
            count += places.Count;
        }

        return count;
    }

    private async Task<int> WipeRecordsAsync(EraseRow erased)
    {
        var count = 0;
        for (var at = PreviousOf(erased.Record); at >= parts.Log.Start && store.FindRow(at) is { } row;)
        {
            var body = row.Body.ToArray();
            count += WipedRow.Wipe(body, row.FirstOffset, ref at);
            await CommitAsync([new RewriteLogRow((row with { Body = body }).Sealed())]).ConfigureAwait(false);
            parts.Log.Forget(row.FirstOffset);
        }

        return count;
    }

    /// <summary>
    /// Older copies of the customer's states may be in pages that have been given up since. Others are given up meanwhile, and may be taken
    /// first: so it goes on until none is free, or twice as many were overwritten.
    /// </summary>
    private async Task ScrubAsync()
    {
        for (var most = 2 * store.CountFreePages(); most > 0 && store.CountFreePages() is > 0 and var free; most -= ScrubPages)
        {
            await CommitAsync([new ScrubRow((int)Math.Min(free, ScrubPages))]).ConfigureAwait(false);
        }
    }

    private long PreviousOf(long record) => parts.Log.Find(record)?.Previous ?? LogUnit.NoPrevious;

    private Task CommitAsync(IEnumerable<ControlRow> rows)
    {
        _stop.Token.ThrowIfCancellationRequested();
        return ControlCommit.RunAsync(parts.Commit.Queue, rows);
    }
}
