using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Simulation.Plan;

namespace RealtimeInsight.Simulation.World;

/// <summary>What was committed and what was answered, as the outside saw it.</summary>
internal sealed class Journal(SimulatedWorld world)
{
    private readonly Dictionary<string, OutboxRow> _outbox = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EventOutcome> _answers = new(StringComparer.Ordinal);
    private readonly List<(TimeSpan At, long EndOffset)> _commits = [];
    private long _checkpoint;
    private long _committed;

    /// <summary>Actions on their way out, by decision.</summary>
    public IReadOnlyDictionary<string, OutboxRow> Outbox => _outbox;

    /// <summary>The first answer to each event, by name.</summary>
    public IReadOnlyDictionary<string, EventOutcome> Answers => _answers;

    public void Written(CommitGroup group)
    {
        foreach (var row in group.Rows)
        {
            world.Story.Note(row.Checksum);
            if (row.FirstOffset != _committed)
            {
                world.Break("offsets", $"a row starts at offset {row.FirstOffset} and the log ended at {_committed}");
            }

            _committed = row.EndOffset;
        }

        _commits.Add((world.Elapsed, _committed));
        foreach (var row in group.Outbox)
        {
            if (_outbox.TryAdd(row.DecisionId, row with { Body = row.Body.ToArray() })) continue;
            world.Break("action_once", $"{row.DecisionId} has a second outbox entry");
        }
    }

    public void Answered(PlannedSend send, EventOutcome outcome)
    {
        // A duplicate is one of something that is there: it counts as taken.
        var known = outcome == EventOutcome.Duplicate ? EventOutcome.Accepted : outcome;
        if (_answers.TryAdd(send.Name, known) || _answers[send.Name] == known) return;
        world.Break("answers", $"{send.Name} was answered with {_answers[send.Name]} and later with {outcome}");
    }

    /// <summary>When the record was committed, since the start.</summary>
    public TimeSpan CommittedAt(long offset)
    {
        int low = 0, high = _commits.Count - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_commits[middle].EndOffset > offset) high = middle;
            else low = middle + 1;
        }

        return _commits[low].At;
    }

    /// <summary>begin &lt;= checkpoint &lt;= committed &lt;= tail, and none of them goes back.</summary>
    public void CheckChain(EngineParts parts)
    {
        // Where the disk's answer was lost the disk may be ahead; the engine stops then, and nobody acts on what it thinks.
        if (parts.Commit.IsLost) return;
        var head = world.Disk.Store.Open();
        var committed = parts.Commit.CommittedOffset;
        var tail = parts.Commit.Queue.NextOffset;
        var isChain = head.Checkpoint >= 0 && head.Checkpoint <= committed && committed <= head.NextOffset && head.NextOffset <= tail;
        if (!isChain || head.Checkpoint < _checkpoint)
        {
            world.Break(
                "chain",
                $"checkpoint {head.Checkpoint} (before {_checkpoint}), committed {committed}, on disk {head.NextOffset}, tail {tail}");
        }

        _checkpoint = Math.Max(_checkpoint, head.Checkpoint);
    }
}
