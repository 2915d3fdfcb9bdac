using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Cli.Tests.Replay;

/// <summary>An engine that keeps what it is given, knows every event id it has seen, and has no customers of its own.</summary>
internal sealed class RecordingEngine : ICustomerEngine, IReplayEngine
{
    private readonly HashSet<EventId> _seen = [];
    private readonly HashSet<CustomerId> _customers = [];

    public List<CustomerEvent> Events { get; } = [];

    public List<RejectedItem> Rejects { get; } = [];

    public List<int> BatchLengths { get; } = [];

    public bool HasRunToEnd { get; private set; }

    /// <summary>Events older than this are late.</summary>
    public Func<CustomerEvent, bool> IsLate { get; init; } = _ => false;

    /// <summary>Called before each batch is taken.</summary>
    public Action<IngestBatch> OnBatch { get; init; } = _ => { };

    public ICustomerEngine Engine => this;

    public IReadOnlyDictionary<string, long> ActionsByRule { get; } = new Dictionary<string, long>();

    public IReadOnlyDictionary<string, long> SuppressedByReason { get; } = new Dictionary<string, long>();

    public ValueTask<IngestResult> IngestAsync(IngestBatch batch) => IngestAsync(batch, CancellationToken.None);

    public ValueTask<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        OnBatch(batch);
        BatchLengths.Add(batch.Events.Count + batch.Rejects.Count);
        Rejects.AddRange(batch.Rejects);
        var outcomes = batch.Events.Select(Settle).ToList();
        return ValueTask.FromResult(new IngestResult(
            outcomes,
            outcomes.Count(outcome => outcome == EventOutcome.Accepted),
            outcomes.Count(outcome => outcome == EventOutcome.Duplicate),
            outcomes.Count(outcome => outcome == EventOutcome.Late)));
    }

    public ValueTask RunToEndAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        HasRunToEnd = true;
        return ValueTask.CompletedTask;
    }

    public EngineStatus GetStatus() => EngineStatus.Empty with
    {
        IsReady = true,
        Model = "none/0",
        EventsAccepted = Events.Count,
        EventsRejected = Rejects.Count,
        Customers = _customers.Count,
        Scores = Events.Count,
    };

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public ValueTask<CustomerInsight?> GetInsightAsync(CustomerId customer, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<TimelineEntry>?> GetTimelineAsync(CustomerId customer, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<MergeResult> MergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<MergeResult> UnmergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<DecisionView?> GetDecisionAsync(string decisionId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public IDeliveryControl Delivery => throw new NotSupportedException();

    IRejectControl ICustomerEngine.Rejects => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<CustomerAtRisk>> GetAtRiskAsync(int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<EngineNotice> SubscribeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    private EventOutcome Settle(CustomerEvent customerEvent)
    {
        if (IsLate(customerEvent)) return EventOutcome.Late;
        if (!_seen.Add(customerEvent.Id)) return EventOutcome.Duplicate;
        Events.Add(customerEvent);
        _customers.Add(customerEvent.Customer);
        return EventOutcome.Accepted;
    }
}
