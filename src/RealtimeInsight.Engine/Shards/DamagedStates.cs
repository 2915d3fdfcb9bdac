using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// What becomes of customers whose stored data is damaged, so that the shard goes on with all others: one whose saved state is damaged is
/// made anew from the log; where the log cannot give it either the customer is lost, and its events are kept aside.
/// </summary>
internal sealed class DamagedStates(
    CustomerTable customers, SegmentShares shares, StateSaver saver, ShardDeadlines deadlines, UnitBuilder builder, ShardCounters counters,
    ShardParts parts)
{
    private readonly StateRebuilder _rebuilder = new(parts);
    private readonly ILogger _logger = parts.Logger;
    private readonly Dictionary<int, StoreCorruptException> _lost = [];
    private readonly HashSet<ulong> _lostHashes = [];
    private string? _lostProblem;
    private string? _historyProblem;

    /// <summary>False until the gauges are counted: then a state made anew takes the place of what its index said.</summary>
    public bool IsRunning { get; set; }

    /// <summary>What cannot be read, for the status; empty when all is well. Read by any thread.</summary>
    public IEnumerable<string> Problems =>
        new[] { Volatile.Read(ref _lostProblem), Volatile.Read(ref _historyProblem) }.OfType<string>();

    /// <summary>Why a customer is lost; null for others.</summary>
    public StoreCorruptException? CauseOf(int index) => _lost.Count == 0 ? null : _lost.GetValueOrDefault(index);

    /// <summary>True when the customer with this hash is lost.</summary>
    public bool IsLost(ulong hash) => _lostHashes.Count > 0 && _lostHashes.Contains(hash);

    /// <summary>Makes the customer's state anew and takes it into memory, to be saved again; null when the customer is lost.</summary>
    /// <exception cref="StoreUnavailableException">The log cannot be read now.</exception>
    public CustomerSlot? Heal(int index, StoreCorruptException cause)
    {
        if (customers.IsInMemory(index)) return customers[index];
        if (_lost.ContainsKey(index)) return null;
        ref var row = ref customers.Row(index);
        try
        {
            var rebuilt = _rebuilder.Rebuild(row.Hash, row.Twin, shares.NumberOf(row.Share));
            var slot = customers.Wake(index, rebuilt.State);
            saver.Changed(slot, rebuilt.State.LastOffset + 1, saver.Timestamp());
            if (IsRunning)
            {
                counters.Gauge(rebuilt.Before, sign: -1);
                counters.Gauge(rebuilt.State, sign: 1);
                customers.Live.Track(slot);
                deadlines.Rearm(slot);
            }

            counters.Rebuilt++;
            EngineLog.StateRebuilt(_logger, cause.StoreName, cause.What, rebuilt.Records);
            return slot;
        }
        catch (StoreCorruptException second)
        {
            Lose(index, row.Hash, new StoreCorruptException(
                cause.StoreName, second.Offset, $"{cause.What}, and the log cannot give it back: {second.What}", second));
            return null;
        }
    }

    /// <summary>Puts the event aside when its customer is lost.</summary>
    public bool TryPutAside(IngestPart part, int position)
    {
        if (!IsLost(part.HashAt(position))) return false;
        PutAside(part, position);
        return true;
    }

    /// <summary>An event that cannot be applied: kept as a reject where its sender does not keep it.</summary>
    public void PutAside(IngestPart part, int position)
    {
        var item = part.EventAt(position);
        if (part.Late == LateRule.KeepAside)
        {
            builder.Reject(UnreadableReject.Of(item));
            counters.EventsRejected++;
        }

        part.SetOutcome(position, EventOutcome.Unreadable);
        counters.Event(EventOutcome.Unreadable, item.Kind);
    }

    /// <summary>
    /// Reads a history to be folded again; false also when it cannot be read: a late event goes to its end then, which is counted.
    /// </summary>
    public bool TryReadHistory(Refolder refolder, long newest, LogUnit? unit)
    {
        try
        {
            return refolder.TryReadHistory(newest, unit);
        }
        catch (StoreException exception)
        {
            NoteHistory(exception);
            return false;
        }
    }

    /// <summary>A history that an event belongs into could not be read; the event is applied all the same.</summary>
    public void NoteHistory(StoreException exception)
    {
        counters.HistoriesUnreadable++;
        EngineLog.HistoryUnreadable(_logger, exception.Message);
        if (exception is not StoreCorruptException) return;
        Volatile.Write(ref _historyProblem,
            $"late events were taken in at the end of {counters.HistoriesUnreadable} histories, which cannot be read: {exception.Message}");
    }

    private void Lose(int index, ulong hash, StoreCorruptException cause)
    {
        _lost.Add(index, cause);
        _lostHashes.Add(hash);
        counters.Lost = _lost.Count;
        EngineLog.CustomerLost(_logger, cause.StoreName, cause.What);
        Volatile.Write(ref _lostProblem,
            $"{_lost.Count} customers cannot be read, their events are kept as rejects ({UnreadableReject.Code}), "
            + "their deadlines do not fire: " + _lost.Values.First().Message);
    }
}
