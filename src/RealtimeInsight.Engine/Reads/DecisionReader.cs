using System.Text.Json.Nodes;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Reads;

/// <summary>Reads one decision with what became of it.</summary>
internal static class DecisionReader
{
    private const string Decided = "decided";

    public static DecisionView? Read(IEngineStore store, string decisionId)
    {
        if (store.FindDecision(decisionId) is not { } row) return null;
        var progress = store.FindProgress(decisionId);
        var summary = new DecisionSummary(
            row.DecisionId, row.DecidedAt, row.Rule, row.Action, row.Channel, Status(row.Status, progress), row.SuppressionReason,
            progress.Outcome);
        return new DecisionView(summary, row.CustomerId, JsonNode.Parse(row.Record.Span)!, store.ReadAttempts(decisionId));
    }

    /// <summary>A decided action's status says how its delivery stands.</summary>
    public static DecisionSummary WithDelivery(DecisionSummary summary, IEngineStore store) =>
        summary.Status == Decided ? summary with { Status = Status(Decided, store.FindProgress(summary.DecisionId)) } : summary;

    private static string Status(string status, DecisionProgress progress) => (status, progress) switch
    {
        (Decided, { Delivery: OutboxState.Delivered }) => "sent",
        (Decided, { Delivery: OutboxState.Dead }) => "dead",
        (Decided, { Delivery: OutboxState.Pending, Attempts: > 0 }) => "failed",
        _ => status,
    };
}
