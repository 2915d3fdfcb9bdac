using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Log;

namespace RealtimeInsight.Engine.Identity;

/// <summary>
/// Walks what belongs to a customer from its newest record back, through the chains of all histories that were merged into it and without
/// those that were taken out again. Newest arrival first, whatever chain it is in.
/// </summary>
/// <param name="unit">The unit being made, for records that are in it; null when none can be.</param>
/// <param name="marked">Ids whose records are to be marked; null for none.</param>
internal sealed class HistoryWalk(LogReader log, LogUnit? unit, IReadOnlyCollection<CustomerId>? marked = null)
{
    private const long UnitBase = long.MaxValue / 2;
    private readonly PriorityQueue<Cursor, long> _open = new();

    /// <summary>True once the walk came upon records that are not kept any more: it went on without them.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Starts at a record; one in the unit being made is named by position.</summary>
    public HistoryWalk From(long newest)
    {
        Open(newest, new Scope([], null, -1, IsMarked: false));
        return this;
    }

    /// <summary>Starts at a second history's newest record as well, whose records are marked.</summary>
    public HistoryWalk And(long newest)
    {
        Open(newest, new Scope([], null, -1, IsMarked: true));
        return this;
    }

    /// <summary>The next older record; false when there is none left.</summary>
    public bool TryNext(out WalkedRecord record)
    {
        while (_open.TryDequeue(out var cursor, out _))
        {
            var scope = cursor.Scope;
            if (ReadEntry(cursor.At) is not { } entry)
            {
                IsCut = true;
                continue;
            }

            if (entry.Kind == RecordKind.Merge)
            {
                var merge = MergeRecord.Read(entry.Payload);
                scope = Enter(merge, entry, scope);
                Open(entry.Previous, scope);
                if (scope.Only is not null || merge.Step == MergeStep.Given) continue;
                record = new WalkedRecord(entry, KeyOf(cursor.At), scope.IsMarked, default, merge);
                return true;
            }

            Open(entry.Previous, scope);
            if (!LoggedEvent.Is(entry.Kind))
            {
                if (scope.Only is not null) continue;
                record = new WalkedRecord(entry, KeyOf(cursor.At), scope.IsMarked, default, null);
                return true;
            }

            var item = LoggedEvent.Read(entry.Kind, entry.Payload);
            if (!Counts(item, scope)) continue;
            var isMarked = scope.IsMarked || (item.IsForwarded && marked?.Contains(item.Event.Customer) == true);
            record = new WalkedRecord(entry, KeyOf(cursor.At), isMarked, item, null);
            return true;
        }

        record = default;
        return false;
    }

    /// <summary>
    /// All events in order of event time, ties as they arrived, each id once; null when there are more than
    /// <paramref name="eventsMax"/>, or not all are kept any more.
    /// </summary>
    public List<UnionEvent>? Collect(int eventsMax)
    {
        var found = new List<(UnionEvent, long)>();
        while (TryNext(out var record))
        {
            if (record.Item.Event is null) continue;
            if (found.Count >= eventsMax) return null;
            found.Add((new UnionEvent(record.Item.Event, record.IsMarked), record.Key));
        }

        return IsCut ? null : HistoryUnion.Sort(found);
    }

    private static bool Counts(LoggedEvent item, Scope scope)
    {
        if (!item.IsForwarded) return scope.Only is null;
        var sender = item.Event.Customer;
        return scope.Only is { } only ? only.Contains(sender) : !scope.Without.Contains(sender);
    }

    /// <summary>Opens the chains that a merge record leads to; returns what counts of the older records of its own chain.</summary>
    private Scope Enter(MergeRecord merge, LogEntry entry, Scope scope)
    {
        switch (merge.Step)
        {
            case MergeStep.Taken when scope.Only is { } only:
                if (!only.Contains(merge.Other)) Open(merge.From, scope);
                return scope;
            case MergeStep.Taken:
                if (!scope.Without.Contains(merge.Other))
                {
                    Open(merge.From, scope with { IsMarked = scope.IsMarked || marked?.Contains(merge.Other) == true });
                }

                return scope;
            case MergeStep.Parted when scope.Only is null:
                return scope with { Without = [.. scope.Without, .. merge.Members] };
            case MergeStep.Restored when scope.Only is null:
                // Its events since the merge are in the chain of the customer that it was merged into.
                Open(merge.From, new Scope([], [.. merge.Members], entry.Previous, scope.IsMarked));
                return scope;
            default:
                return scope;
        }
    }

    private void Open(long at, Scope scope)
    {
        if (at == LogUnit.NoPrevious || (scope.Only is not null && at >= 0 && at <= scope.Since)) return;
        _open.Enqueue(new Cursor(at, scope), -KeyOf(at));
    }

    private LogEntry? ReadEntry(long at)
    {
        if (at > LogUnit.NoPrevious) return log.Find(at);
        return LogEntry.Of(at, unit!.Read(LogUnit.PositionOf(at)));
    }

    private static long KeyOf(long at) => at > LogUnit.NoPrevious ? at : UnitBase + LogUnit.PositionOf(at);

    private readonly record struct Cursor(long At, Scope Scope);

    /// <param name="Without">Ids that were taken out: what was sent under them does not count.</param>
    /// <param name="Only">Where only forwarded events of these ids count, in another's chain; null where all do.</param>
    /// <param name="Since">Offset at and before which such a chain is of no interest.</param>
    private sealed record Scope(HashSet<CustomerId> Without, HashSet<CustomerId>? Only, long Since, bool IsMarked);
}

/// <param name="Key">Order of arrival.</param>
/// <param name="IsMarked">It belongs to one of the ids asked for.</param>
/// <param name="Item">For records that hold an event.</param>
/// <param name="Merge">For merge records.</param>
internal readonly record struct WalkedRecord(LogEntry Entry, long Key, bool IsMarked, LoggedEvent Item, MergeRecord? Merge);
