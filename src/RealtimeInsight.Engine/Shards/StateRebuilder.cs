using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Makes one customer's state anew from its records in the log, as a recovery does, in a table of its own. Slow: it reads the history
/// record by record. Not thread-safe; each shard has one.
/// </summary>
internal sealed class StateRebuilder(ShardParts parts)
{
    private readonly ulong _deadlineStamp = DeadlineStamp.Of(parts.Machine.Options);
    private readonly ShardCounters _counters = new();
    private TurnScorer? _scorer;
    private SegmentIndex? _index;

    /// <summary>The state that the segment's index names.</summary>
    /// <exception cref="StoreCorruptException">The log cannot give it.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public RebuiltState Rebuild(ulong hash, ushort twin, long segment)
    {
        var entry = Find(hash, twin, segment);
        var history = ReadHistory(entry.LastOffset);
        var shares = new SegmentShares();
        var customers = new CustomerTable(shares, parts.Store, _counters);
        var saver = new StateSaver(parts.Options, parts.Machine, customers, shares, parts.Time, new SegmentNumbers(0));
        _scorer ??= new TurnScorer(parts.Scorer, parts.Options, _counters, parts.Time, parts.NewWatch());
        var refolder = new Refolder(parts.Machine, parts.Log, _scorer, parts.Options.RefoldEventsMax);
        try
        {
            new ShardReplay(customers, shares, parts.Machine, _scorer, refolder, saver).Apply(hash, history);
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException)
        {
            throw Damage(entry.LastOffset, "the customer's log records cannot be folded", exception);
        }

        if (customers.Count != 1 || (customers[0].State.Id.StableHash != hash && !ErasedRecord.IsStateAfter(customers[0].State)))
        {
            throw Damage(
                entry.LastOffset,
                $"the customer's log records up to offset {entry.LastOffset} are those of {customers.Count} customers");
        }

        var state = customers[0].State;
        if (_index!.DeadlineStamp == _deadlineStamp) FireAgain(state, entry);
        return new RebuiltState(state, entry.Facts, history.Count);
    }

    private StateEntry Find(ulong hash, ushort twin, long segment)
    {
        if (_index?.Number != segment) _index = parts.Store.ReadIndexes().FirstOrDefault(index => index.Number == segment);
        for (var i = 0; i < _index?.Count; i++)
        {
            var entry = _index[i];
            if (entry.Hash == hash && entry.Twin == twin) return entry;
        }

        throw Damage(segment, $"the index of state segment {segment} does not name the state any more");
    }

    /// <summary>The customer's records up to this one, oldest first, from the start or from a record that holds the whole state.</summary>
    private List<LogEntry> ReadHistory(long newest)
    {
        var history = new List<LogEntry>();
        for (var offset = newest; offset != LogUnit.NoPrevious;)
        {
            if (history.Count == parts.Options.RebuildRecordsMax)
            {
                throw Damage(
                    newest, $"the customer has more than {history.Count} log records, which is the limit (Engine:RebuildRecordsMax)");
            }

            var entry = parts.Log.Find(offset) ?? throw Damage(
                newest, "the customer's oldest log records are not kept any more (Engine:Retention:KeepEvents)");
            if (entry.Previous >= offset) throw Damage(offset, $"log record {offset} names record {entry.Previous} as the one before it");
            history.Add(entry);
            if (entry.Kind is RecordKind.Merge or RecordKind.Erased) break;
            offset = entry.Previous;
        }

        history.Reverse();
        return history;
    }

    /// <summary>
    /// Deadlines that the lost state was past, and that left no record: they had no consequence, and are not to get one now.
    /// </summary>
    private void FireAgain(CustomerState state, in StateEntry entry)
    {
        var discarded = new EffectBuffer();
        while (parts.Machine.NextDeadline(state) is var due && due < entry.NextDeadline)
        {
            discarded.Clear();
            parts.Machine.AdvanceTo(state, due, discarded);
        }
    }

    private StoreCorruptException Damage(long offset, string what, Exception? cause = null) => new(parts.Store.Name, offset, what, cause);
}

/// <param name="Before">What the index said of the damaged state.</param>
/// <param name="Records">Log records that it was made of.</param>
internal readonly record struct RebuiltState(CustomerState State, StateFacts Before, int Records);
