using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Simulation.Checks;

/// <summary>What the log holds of one customer, in its order.</summary>
internal sealed class LoggedHistory(CustomerId customer)
{
    public CustomerId Customer { get; } = customer;

    public List<(long Offset, CustomerEvent Event)> Events { get; } = [];

    /// <summary>Decisions as recorded, and outcomes, in their order.</summary>
    public List<LoggedDecision> Decisions { get; } = [];

    public long LastOffset { get; private set; } = -1;

    /// <summary>Every customer that the log knows, in order of first appearance.</summary>
    public static Dictionary<CustomerId, LoggedHistory> ReadAll(IEngineStore store)
    {
        var found = new Dictionary<CustomerId, LoggedHistory>();
        foreach (var row in store.ReadLog(0))
        {
            var reader = new LogRecordReader(row.Body.Span, store.Name);
            for (var offset = row.FirstOffset; reader.TryRead(out var record); offset++) Take(found, offset, record);
        }

        return found;
    }

    private static void Take(Dictionary<CustomerId, LoggedHistory> found, long offset, LogRecord record)
    {
        switch (record.Kind)
        {
            case RecordKind.Event:
                var payload = record.Payload;
                var item = EventCodec.Read(ref payload);
                Of(found, item.Customer, offset).Events.Add((offset, item));
                break;
            case RecordKind.Decision:
                var decision = DecisionPayload.ReadDecision(record.Payload, out _);
                Of(found, DecisionPayload.CustomerOf(decision), offset).Decisions.Add(
                    new LoggedDecision(offset, DecisionRecord.ReadEntry(decision), decision, null));
                break;
            case RecordKind.Outcome:
                var outcome = DecisionPayload.ReadOutcome(record.Payload);
                Of(found, outcome.Customer, offset).Decisions.Add(new LoggedDecision(offset, null, null, outcome));
                break;
            default:
                throw new InvalidOperationException($"record {offset} is of kind {record.Kind}, which the simulation does not know");
        }
    }

    private static LoggedHistory Of(Dictionary<CustomerId, LoggedHistory> found, CustomerId customer, long offset)
    {
        if (!found.TryGetValue(customer, out var history)) found[customer] = history = new LoggedHistory(customer);
        history.LastOffset = offset;
        return history;
    }
}

/// <summary>A decision, or the outcome of one.</summary>
internal sealed record LoggedDecision(long Offset, LedgerEntry? Entry, JsonNode? Record, DecisionOutcome? Outcome);
