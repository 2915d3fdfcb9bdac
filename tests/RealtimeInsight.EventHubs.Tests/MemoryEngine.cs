using System.Runtime.CompilerServices;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs.Tests;

/// <summary>An engine that keeps events once by their id, and can be made to fail before or after a commit.</summary>
internal sealed class MemoryEngine : ICustomerEngine
{
    private readonly HashSet<string> _ids = [];

    public List<CustomerEvent> Events { get; } = [];

    public List<RejectedItem> Kept { get; } = [];

    public int Duplicates { get; private set; }

    public Action? BeforeCommit { get; set; }

    public Action? AfterCommit { get; set; }

    public ValueTask<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BeforeCommit?.Invoke();
        var outcomes = new List<EventOutcome>();
        foreach (var one in batch.Events)
        {
            var isNew = _ids.Add(one.Id.Value);
            if (isNew) Events.Add(one);
            outcomes.Add(isNew ? EventOutcome.Accepted : EventOutcome.Duplicate);
        }

        Kept.AddRange(batch.Rejects);
        var accepted = outcomes.Count(static outcome => outcome == EventOutcome.Accepted);
        Duplicates += outcomes.Count - accepted;
        AfterCommit?.Invoke();
        return ValueTask.FromResult(new IngestResult(outcomes, accepted, outcomes.Count - accepted, 0));
    }

    public IDeliveryControl Delivery => throw NotAsked();

    public IRejectControl Rejects => throw NotAsked();

    public ValueTask<CustomerInsight?> GetInsightAsync(CustomerId customer, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<IReadOnlyList<TimelineEntry>?> GetTimelineAsync(
        CustomerId customer, int limit, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<DecisionView?> GetDecisionAsync(string decisionId, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<IReadOnlyList<CustomerAtRisk>> GetAtRiskAsync(int limit, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<MergeResult> MergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        throw NotAsked();

    public ValueTask<MergeResult> UnmergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        throw NotAsked();

    public EngineStatus GetStatus() => throw NotAsked();

    public IAsyncEnumerable<EngineNotice> SubscribeAsync(CancellationToken cancellationToken) => throw NotAsked();

    private static NotSupportedException NotAsked([CallerMemberName] string member = "") =>
        new($"A reader of a hub does not ask for {member}.");
}
