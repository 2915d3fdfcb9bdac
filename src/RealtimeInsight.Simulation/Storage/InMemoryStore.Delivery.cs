using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Simulation.Storage;

/// <summary>Dead letters, endpoints and rejects.</summary>
public sealed partial class InMemoryStore
{
    private readonly Dictionary<string, Instant> _settled = [];
    private readonly SortedDictionary<string, EndpointRow> _endpoints = new(StringComparer.Ordinal);
    private readonly List<KeptReject> _rejects = [];
    private long _nextReject = 1;

    public IReadOnlyList<DeadLetter> ReadDeadLetters(DeadLetterFilter filter, DeadLetterPosition? after, int limit)
    {
        ArgumentNullException.ThrowIfNull(filter);
        lock (_gate)
        {
            return
            [
                .. _outbox.Values.Where(entry => entry.State == OutboxState.Dead).Select(entry => LetterOf(entry.Row))
                    .Where(letter => filter.Channel is null || letter.Channel == filter.Channel)
                    .Where(letter => filter.CreatedFrom is not { } from || letter.CreatedAt >= from)
                    .Where(letter => filter.CreatedBefore is not { } before || letter.CreatedAt < before)
                    .Where(letter => after is null || Compare(letter, after) < 0)
                    .OrderByDescending(letter => letter.DiedAt.UnixMs)
                    .ThenByDescending(letter => letter.DecisionId, StringComparer.Ordinal)
                    .Take(limit),
            ];
        }
    }

    public OutboxEntry? FindOutbox(string decisionId)
    {
        lock (_gate)
        {
            return _outbox.TryGetValue(decisionId, out var entry)
                ? new OutboxEntry(entry.Row, entry.State, _settled.GetValueOrDefault(decisionId))
                : null;
        }
    }

    public IReadOnlyList<EndpointRow> ReadEndpoints()
    {
        lock (_gate) return [.. _endpoints.Values];
    }

    public IReadOnlyList<KeptReject> ReadRejects(RejectFilter filter, long before, int limit)
    {
        ArgumentNullException.ThrowIfNull(filter);
        lock (_gate)
        {
            return
            [
                .. _rejects.AsEnumerable().Reverse().Where(reject => reject.Id < before)
                    .Where(reject => filter.Code is null || reject.Item.Code == filter.Code)
                    .Where(reject => filter.Source is null || reject.Item.Source == filter.Source)
                    .Where(reject => filter.From is not { } from || reject.Item.ReceivedAt >= from)
                    .Where(reject => filter.To is not { } to || reject.Item.ReceivedAt < to)
                    .Where(reject => filter.IsReplayed is not { } replayed || reject.ReplayedAt.HasValue == replayed)
                    .Take(limit),
            ];
        }
    }

    public KeptReject? FindReject(long id)
    {
        lock (_gate) return _rejects.Find(reject => reject.Id == id);
    }

    private void Apply(ControlRow row)
    {
        if (TryErase(row)) return;
        switch (row)
        {
            case RedriveRow redrive when _outbox.TryGetValue(redrive.DecisionId, out var entry) && entry.State == OutboxState.Dead:
                var again = entry.Row with { NextAt = redrive.At, RoundStart = entry.Row.Attempts };
                _outbox[redrive.DecisionId] = (again, OutboxState.Pending);
                _settled[redrive.DecisionId] = Instant.None;
                break;
            case EndpointRow { DisabledAt.HasValue: true } endpoint:
                _endpoints[endpoint.Name] = endpoint;
                break;
            case EndpointRow endpoint:
                _endpoints.Remove(endpoint.Name);
                break;
            case ReplayRow replay when _rejects.FindIndex(reject => reject.Id == replay.RejectId) is >= 0 and var at:
                _rejects[at] = _rejects[at] with { ReplayedAt = replay.At, Outcome = replay.Outcome };
                break;
            case TrimLogRow trim:
                Trim(trim.Start);
                break;
            case DropDecisionRow drop when !IsPending(drop.DecisionId):
                _decisions.Remove(drop.DecisionId);
                break;
            case DropActionRow drop:
                Drop(drop.Action);
                break;
        }
    }

    private DeadLetter LetterOf(OutboxRow row)
    {
        var last = _attempts.FindLast(attempt => attempt.DecisionId == row.DecisionId && attempt.Attempt.Number == row.Attempts)?.Attempt;
        return new DeadLetter(
            row.DecisionId, row.CustomerId, row.Channel, row.CreatedAt, _settled.GetValueOrDefault(row.DecisionId), row.Attempts,
            last?.StatusCode, last?.Detail);
    }

    private static int Compare(DeadLetter letter, DeadLetterPosition position)
    {
        var byTime = letter.DiedAt.CompareTo(position.DiedAt);
        return byTime != 0 ? byTime : string.CompareOrdinal(letter.DecisionId, position.DecisionId);
    }
}
