using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Identity;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Reads;

/// <summary>Reads a customer's newest records, and those of histories that were merged into it, by their chains in the log.</summary>
internal static class TimelineReader
{
    /// <summary>
    /// At most <paramref name="limit"/> entries, newest first. Where records are not kept any more, the last entry says so.
    /// </summary>
    /// <param name="firstSeen">When the customer's history began.</param>
    public static IReadOnlyList<TimelineEntry> Read(LogReader log, long newest, Instant firstSeen, int limit)
    {
        var entries = new List<TimelineEntry>(Math.Min(limit, 64));
        var walk = new HistoryWalk(log, unit: null).From(newest);
        while (entries.Count < limit && walk.TryNext(out var record))
        {
            if (EntryOf(record) is { } entry) entries.Add(entry);
        }

        // The log has the order of arrival; readers expect the order of time.
        entries = [.. entries.OrderByDescending(static entry => entry.At.UnixMs)];
        if (walk.IsCut && entries.Count < limit)
        {
            var at = entries.Count == 0 ? firstSeen : Instant.Min(firstSeen, entries[^1].At);
            entries.Add(new TimelineEntry(at, "history", "not_kept", new JsonObject { ["first_seen"] = firstSeen.ToString() }));
        }

        return entries;
    }

    private static TimelineEntry? EntryOf(in WalkedRecord record)
    {
        switch (record.Entry.Kind)
        {
            case RecordKind.Event or RecordKind.Forwarded:
                var item = record.Item.Event;
                return new TimelineEntry(item.OccurredAt, "event", EventKinds.WireName(item.Kind), EventDetail.Of(item));
            case RecordKind.Merge:
                var merge = record.Merge!;
                var name = merge.Step == MergeStep.Taken ? "merged" : "unmerged";
                var role = merge.Step == MergeStep.Restored ? "from" : "customer";
                return new TimelineEntry(merge.At, "merge", name, new JsonObject { [role] = merge.Other.Value });
            case RecordKind.Decision:
                var decision = DecisionPayload.ReadDecision(record.Entry.Payload, out _);
                var at = new Instant(decision["decided_at_ms"]!.GetValue<long>());
                return new TimelineEntry(at, "decision", decision["rule"]!.GetValue<string>(), decision);
            case RecordKind.Outcome:
                var outcome = DecisionPayload.ReadOutcome(record.Entry.Payload);
                return new TimelineEntry(outcome.At, "outcome", DecisionRecord.WireName(outcome.Outcome)!, new JsonObject
                {
                    ["decision_id"] = outcome.DecisionId, ["value"] = outcome.Value,
                });
            default:
                return null;
        }
    }
}
