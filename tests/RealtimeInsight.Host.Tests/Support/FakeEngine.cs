using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host.Learning;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Host.Tests;

/// <summary>An engine in memory that keeps what it was given and answers what a test puts into it.</summary>
internal sealed class FakeEngine : ICustomerEngine, IRunningEngine, IEngineLauncher
{
    private readonly ConcurrentQueue<CustomerEvent> _events = new();
    private readonly ConcurrentDictionary<string, bool> _seen = new();
    private readonly ConcurrentDictionary<int, Channel<EngineNotice>> _subscribers = new();
    private readonly SemaphoreSlim _subscribed = new(0);
    private int _subscriberNumber;

    public IReadOnlyList<CustomerEvent> Events => [.. _events];

    public IReadOnlyList<RejectedItem> Rejects => [.. KeptRejects.All.Select(kept => kept.Item)];

    public bool IsUnavailable { get; set; }

    /// <summary>When set, each ingest waits for it.</summary>
    public TaskCompletionSource? Hold { get; set; }

    /// <summary>Released by each ingest that has begun.</summary>
    public SemaphoreSlim Begun { get; } = new(0);

    /// <summary>When set, the engine starts when it completes.</summary>
    public TaskCompletionSource? StartHold { get; set; }

    public IReadOnlyList<string> Problems { get; set; } = [];

    IReadOnlyList<string> IRunningEngine.Problems => Problems;

    /// <summary>What the engine learns; null: nothing.</summary>
    public LearningDesk? Learned { get; set; }

    /// <summary>Trained orders of next items; null: there are none.</summary>
    public NextItemRegistry? NextItems { get; set; }

    public Instant LateBefore { get; set; } = Instant.None;

    public bool IsDisposed { get; private set; }

    public Dictionary<string, CustomerInsight> Insights { get; } = [];

    public ICustomerEngine Engine => this;

    public async Task<IRunningEngine> StartAsync(CancellationToken cancellationToken)
    {
        if (StartHold is { } hold) await hold.Task.WaitAsync(cancellationToken);
        return this;
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    public async ValueTask<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        Begun.Release();
        if (Hold is { } hold) await hold.Task.WaitAsync(cancellationToken);
        if (IsUnavailable) throw new EngineUnavailableException("the store is closed");
        foreach (var reject in batch.Rejects) KeptRejects.Add(reject);
        var outcomes = new List<EventOutcome>();
        foreach (var item in batch.Events)
        {
            if (item.OccurredAt < LateBefore && batch.Late != LateRule.TakeIn) outcomes.Add(EventOutcome.Late);
            else if (!_seen.TryAdd(item.Id.Value, true)) outcomes.Add(EventOutcome.Duplicate);
            else
            {
                _events.Enqueue(item);
                outcomes.Add(EventOutcome.Accepted);
            }
        }

        return new IngestResult(
            outcomes, outcomes.Count(o => o == EventOutcome.Accepted), outcomes.Count(o => o == EventOutcome.Duplicate),
            outcomes.Count(o => o == EventOutcome.Late));
    }

    public ValueTask<CustomerInsight?> GetInsightAsync(CustomerId customer, CancellationToken cancellationToken)
    {
        if (IsUnavailable) throw new EngineUnavailableException("the store is closed");
        return ValueTask.FromResult(Insights.GetValueOrDefault(customer.Value));
    }

    public ValueTask<IReadOnlyList<TimelineEntry>?> GetTimelineAsync(CustomerId customer, int limit, CancellationToken cancellationToken)
    {
        if (!Insights.ContainsKey(customer.Value)) return ValueTask.FromResult<IReadOnlyList<TimelineEntry>?>(null);
        IReadOnlyList<TimelineEntry> entries =
        [
            .. Enumerable.Range(0, 5).Select(i => new TimelineEntry(Sample.At + TimeSpan.FromSeconds(-i), "event", "cart_added",
                new JsonObject { ["n"] = i })).Take(limit),
        ];
        return ValueTask.FromResult<IReadOnlyList<TimelineEntry>?>(entries);
    }

    /// <summary>Answers of merges to come, by the id that is merged.</summary>
    public Dictionary<string, MergeResult> Merges { get; } = [];

    /// <summary>Ids that were erased or merged into, as they arrived.</summary>
    public List<string> Changed { get; } = [];

    public ValueTask<MergeResult> MergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken)
    {
        Changed.Add(into.Value);
        return ValueTask.FromResult(Merges.GetValueOrDefault(from.Value) ?? new MergeResult(MergeOutcome.Unknown, from.Value));
    }

    public ValueTask<MergeResult> UnmergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Merges.GetValueOrDefault(from.Value) ?? new MergeResult(MergeOutcome.NothingToDo, from.Value));

    public ValueTask<ErasureResult?> EraseAsync(CustomerId customer, CancellationToken cancellationToken)
    {
        Changed.Add(customer.Value);
        return ValueTask.FromResult(customer.Value == "ada" ? new ErasureResult(2, 11, 1, 3, 4) : null);
    }

    public ValueTask<DecisionView?> GetDecisionAsync(string decisionId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(decisionId == "d-1" ? Sample.Decision() : null);

    public FakeDelivery Delivery { get; } = new();

    IDeliveryControl ICustomerEngine.Delivery => Delivery;

    IRejectControl ICustomerEngine.Rejects => KeptRejects;

    public FakeRejects KeptRejects { get; } = new();

    public ValueTask<IReadOnlyList<CustomerAtRisk>> GetAtRiskAsync(int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<CustomerAtRisk>>([.. Insights.Values.Select(Sample.AtRisk).Take(limit)]);

    public ModelWatch GetModelWatch() => Sample.Watch();

    public EngineStatus GetStatus() => new()
    {
        IsReady = true,
        Problems = Problems,
        Model = "behaviour/1",
        EventsAccepted = _events.Count,
        EventsDuplicate = 0,
        EventsLate = 0,
        EventsRejected = KeptRejects.All.Count,
        Customers = Insights.Count,
        SessionsStarted = 1,
        SessionsOpen = 1,
        CartsOpened = 2,
        CartsOpen = 1,
        CartsAtRisk = 1,
        CartsAbandoned = 0,
        CartsRecovered = 0,
        CartsConverted = 0,
        CartsEmptied = 0,
        Scores = _events.Count,
        ScoresDegraded = 0,
        DecisionsMade = 1,
        DecisionsSuppressed = 0,
        Actions = 1,
        ActionsDelivered = 1,
        DeadlinesArmed = 3,
    };

    public async IAsyncEnumerable<EngineNotice> SubscribeAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<EngineNotice>(100);
        var number = Interlocked.Increment(ref _subscriberNumber);
        _subscribers[number] = channel;
        _subscribed.Release();
        try
        {
            await foreach (var notice in channel.Reader.ReadAllAsync(cancellationToken)) yield return notice;
        }
        finally
        {
            _subscribers.TryRemove(number, out _);
        }
    }

    public Task SubscribedAsync() => _subscribed.WaitAsync().WaitAsync(TestHost.Patience);

    public void Publish(EngineNotice notice)
    {
        foreach (var channel in _subscribers.Values) channel.Writer.TryWrite(notice);
    }
}
