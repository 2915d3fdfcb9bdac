using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Simulation.Storage;

/// <summary>The store as plain collections: what is committed outlives <see cref="Dispose"/>, so that a test can open it again.</summary>
public sealed partial class InMemoryStore : IEngineStore
{
    private readonly Lock _gate = new();
    private readonly List<LogRow> _rows = [];
    private readonly SortedDictionary<long, StateSegment> _segments = [];
    private readonly Dictionary<string, DecisionRow> _decisions = [];
    private readonly Dictionary<string, OutcomeRow> _outcomes = [];
    private readonly Dictionary<string, (OutboxRow Row, OutboxState State)> _outbox = [];
    private readonly List<AttemptRow> _attempts = [];
    private readonly Dictionary<string, AliasRow> _aliases = [];
    private long _checkpoint;
    private long _nextSegment;

    public string Name => "memory";

    /// <summary>Thrown by the next commits while set.</summary>
    public Exception? CommitFailure { get; set; }

    /// <summary>Thrown by the next reads of pages while set.</summary>
    public Exception? ReadFailure { get; set; }

    /// <summary>Called with each group before it is kept.</summary>
    public Action<CommitGroup>? Committing { get; set; }

    /// <summary>Called with each group after it is kept.</summary>
    public Action<CommitGroup>? Committed { get; set; }

    /// <summary>Groups committed so far.</summary>
    public int Commits { get; private set; }

    /// <summary>How often the indexes of all segments were read.</summary>
    public int IndexReads { get; private set; }

    public StoreHead Open()
    {
        lock (_gate)
        {
            return new StoreHead(_rows.Count == 0 ? 0 : _rows[^1].EndOffset, _checkpoint, _nextSegment) { LogStart = _logStart };
        }
    }

    public void Commit(CommitGroup group)
    {
        Committing?.Invoke(group);
        if (CommitFailure is { } failure) throw failure;
        lock (_gate)
        {
            Commits++;
            foreach (var row in group.Rows) _rows.Add(row with { Body = row.Body.ToArray(), EventHashes = row.EventHashes.ToArray() });
            foreach (var segment in group.Segments)
            {
                _segments[segment.Number] = new StateSegment(
                    segment.Index with { Body = segment.Index.Body.ToArray() },
                    [.. segment.Pages.Select(static page => (ReadOnlyMemory<byte>)page.ToArray())]);
                _nextSegment = Math.Max(_nextSegment, segment.Number + 1);
            }

            foreach (var number in group.DroppedSegments) _segments.Remove(number);
            _checkpoint = Math.Max(_checkpoint, group.Checkpoint);
            foreach (var row in group.Decisions) _decisions[row.DecisionId] = row;
            foreach (var row in group.Outcomes) _outcomes[row.DecisionId] = row;
            foreach (var row in group.Outbox) _outbox.TryAdd(row.DecisionId, (row, OutboxState.Pending));
            foreach (var row in group.Attempts) Apply(row);
            _rejects.AddRange(group.Rejects.Select((item, i) => new KeptReject(_nextReject + i, item)));
            _nextReject += group.Rejects.Count;
            foreach (var row in group.Aliases) _aliases[row.VisitorId] = row;
            foreach (var row in group.Controls) Apply(row);
        }

        Committed?.Invoke(group);
    }

    public IEnumerable<LogRow> ReadLog(long fromOffset)
    {
        LogRow[] rows;
        lock (_gate) rows = [.. _rows.Skip(IndexOf(fromOffset))];
        return rows.Select(Verified);
    }

    public LogRow? FindRow(long offset)
    {
        lock (_gate)
        {
            return IndexOf(offset) is var index && index < _rows.Count && _rows[index].Holds(offset) ? Verified(_rows[index]) : null;
        }
    }

    public bool ContainsEvent(ulong hash, Instant from, Instant to)
    {
        lock (_gate)
        {
            return _rows.Exists(row => row.MaxTime >= from && row.MinTime <= to && LogRow.HasEvent(row.EventHashes.Span, hash));
        }
    }

    public IEnumerable<SegmentIndex> ReadIndexes()
    {
        SegmentIndex[] indexes;
        lock (_gate)
        {
            IndexReads++;
            indexes = [.. _segments.Values.Reverse().Select(static segment => segment.Index)];
        }

        foreach (var index in indexes) index.Verify(Name);
        return indexes;
    }

    public void ReadPages(IReadOnlyList<StatePageName> pages, StatePageReader read)
    {
        if (ReadFailure is { } failure) throw failure;
        for (var i = 0; i < pages.Count; i++)
        {
            ReadOnlyMemory<byte> page;
            lock (_gate)
            {
                if (!_segments.TryGetValue(pages[i].Segment, out var segment) || pages[i].Page >= segment.Pages.Count)
                {
                    throw new StoreCorruptException(
                        Name, pages[i].Segment, $"state segment {pages[i].Segment} has no page {pages[i].Page}");
                }

                page = segment.Pages[pages[i].Page];
            }

            read(i, page.Span);
        }
    }

    public IEnumerable<StateSegmentV1> ReadSegmentsV1() => [];

    public IEnumerable<AliasRow> ReadAliases()
    {
        lock (_gate) return [.. _aliases.Values.OrderBy(alias => alias.Offset)];
    }

    public DecisionRow? FindDecision(string decisionId)
    {
        lock (_gate) return _decisions.GetValueOrDefault(decisionId);
    }

    public DecisionProgress FindProgress(string decisionId)
    {
        lock (_gate)
        {
            var outcome = _decisions.ContainsKey(decisionId) ? _outcomes.GetValueOrDefault(decisionId)?.Outcome : null;
            if (!_decisions.TryGetValue(decisionId, out var decision)) return new DecisionProgress(outcome, null, 0);
            return _outbox.TryGetValue(decisionId, out var entry)
                ? new DecisionProgress(outcome, entry.State, entry.Row.Attempts)
                : new DecisionProgress(
                    outcome, decision.Status switch { "sent" => OutboxState.Delivered, "dead" => OutboxState.Dead, _ => null }, 0);
        }
    }

    public IReadOnlyList<DeliveryAttempt> ReadAttempts(string decisionId)
    {
        lock (_gate) return [.. _attempts.Where(row => row.DecisionId == decisionId).Select(row => row.Attempt).OrderBy(row => row.Number)];
    }

    public IReadOnlyList<OutboxRow> ReadDueOutbox(string channel, Instant now, int limit)
    {
        lock (_gate) return [.. Pending(channel).Where(row => row.NextAt <= now).OrderBy(row => row.NextAt).Take(limit)];
    }

    public Instant NextOutboxDue(string channel)
    {
        lock (_gate) return Pending(channel).Select(row => row.NextAt).DefaultIfEmpty(Instant.Never).Min();
    }

    public OutboxCounts CountOutbox()
    {
        lock (_gate)
        {
            long Count(OutboxState state) => _outbox.Values.LongCount(entry => entry.State == state);
            return new OutboxCounts(Count(OutboxState.Pending), Count(OutboxState.Delivered), Count(OutboxState.Dead));
        }
    }

    /// <summary>All committed rows, for checks.</summary>
    public IReadOnlyList<LogRow> Rows()
    {
        lock (_gate) return [.. _rows];
    }

    /// <summary>Puts other bytes in the place of a committed row, as a damaged disk does.</summary>
    public void Damage(int index, Func<LogRow, LogRow> damage)
    {
        lock (_gate) _rows[index] = damage(_rows[index]);
    }

    /// <summary>Changes the bytes of every page of states, as a damaged disk does.</summary>
    public void DamageStates(Action<Span<byte>> damage)
    {
        lock (_gate)
        {
            foreach (var (number, segment) in _segments.ToArray())
            {
                _segments[number] = segment with
                {
                    Pages = [.. segment.Pages.Select(page =>
                    {
                        var bytes = page.ToArray();
                        damage(bytes);
                        return (ReadOnlyMemory<byte>)bytes;
                    })],
                };
            }
        }
    }

    public void Dispose()
    {
    }

    private IEnumerable<OutboxRow> Pending(string channel) => _outbox.Values
        .Where(entry => entry.State == OutboxState.Pending && entry.Row.Channel == channel)
        .Select(entry => entry.Row);

    /// <summary>Index of the row that holds the offset; the count beyond the end.</summary>
    private int IndexOf(long offset)
    {
        int low = 0, high = _rows.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_rows[middle].EndOffset <= offset) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private void Apply(AttemptRow row)
    {
        row.IsOfNoAction = !_outbox.TryGetValue(row.DecisionId, out var entry);
        if (row.IsOfNoAction) return;
        _attempts.RemoveAll(old => old.DecisionId == row.DecisionId && old.Attempt.Number == row.Attempt.Number);
        _attempts.Add(row);
        _outbox[row.DecisionId] = (entry.Row with { Attempts = row.Attempt.Number, NextAt = row.NextAt }, row.State);
        _settled[row.DecisionId] = row.State == OutboxState.Pending ? Instant.None : row.Attempt.At;
    }

    private LogRow Verified(LogRow row)
    {
        row.Verify(Name);
        return row;
    }
}
