using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Simulation.Storage;

/// <summary>What is old enough to go.</summary>
public sealed partial class InMemoryStore
{
    private long _logStart;

    public Instant NewestEventTime()
    {
        lock (_gate) return _rows.Where(HasEvents).Select(static row => row.MaxTime).DefaultIfEmpty(Instant.None).Max();
    }

    public long FindOldRows(long from, Instant before, long below, int rowsMax)
    {
        lock (_gate)
        {
            var end = from;
            foreach (var row in _rows.Skip(IndexOf(from)).Take(rowsMax + 1))
            {
                end = row.FirstOffset;
                if (row.EndOffset > below || (HasEvents(row) && row.MaxTime >= before)) break;
            }

            return end;
        }
    }

    public IReadOnlyList<string> ReadOldDecisions(Instant before, int limit)
    {
        lock (_gate)
        {
            return
            [
                .. _decisions.Values.Where(row => row.DecidedAt < before && !IsPending(row.DecisionId)).OrderBy(static row => row.DecidedAt)
                    .Select(static row => row.DecisionId).Take(limit),
            ];
        }
    }

    public IReadOnlyList<SettledAction> ReadSettled(Instant before, int limit)
    {
        lock (_gate)
        {
            return
            [
                .. _outbox.Where(entry => entry.Value.State != OutboxState.Pending && SettledAt(entry.Key) < before)
                    .OrderBy(entry => SettledAt(entry.Key)).Take(limit)
                    .Select(static entry => new SettledAction(entry.Key, entry.Value.State)),
            ];
        }
    }

    private static bool HasEvents(LogRow row) => !row.EventHashes.IsEmpty;

    private bool IsPending(string decision) => _outbox.TryGetValue(decision, out var entry) && entry.State == OutboxState.Pending;

    private Instant SettledAt(string decision) => _settled.GetValueOrDefault(decision);

    private void Trim(long start)
    {
        _rows.RemoveAll(row => row.FirstOffset < start);
        _logStart = Math.Max(_logStart, start);
    }

    private void Drop(SettledAction action)
    {
        var (id, state) = action;
        if (!_outbox.TryGetValue(id, out var entry) || entry.State != state) return;
        if (_decisions.TryGetValue(id, out var decision) && decision.Status == "decided")
        {
            _decisions[id] = decision with { Status = state == OutboxState.Delivered ? "sent" : "dead" };
        }

        _attempts.RemoveAll(row => row.DecisionId == id);
        _outbox.Remove(id);
        _settled.Remove(id);
    }
}
