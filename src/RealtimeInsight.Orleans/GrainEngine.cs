using System.Collections.Concurrent;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Monitoring;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Decisions;
using RealtimeInsight.Orleans.Delivery;
using RealtimeInsight.Orleans.Erasing;
using RealtimeInsight.Orleans.Notices;
using RealtimeInsight.Orleans.Rejects;
using RealtimeInsight.Orleans.Risks;
using EventOutcome = RealtimeInsight.Engine.Port.EventOutcome;

namespace RealtimeInsight.Orleans;

/// <summary>
/// The engine's port over the grains of a cluster: each event goes to the grain of its customer, wherever that lives, and lists come from
/// the grains that the customers tell. Thread-safe.
/// </summary>
/// <param name="watch">Of this silo; null for a client of the cluster.</param>
public sealed class GrainEngine(IGrainFactory grains, IScorer scorer, ClusterSettings settings, SiloWatch? watch = null) : ICustomerEngine
{
    private const int CallsMax = 64;

    private readonly ClusterDelivery _delivery = new(grains, settings.Grains);
    private readonly ClusterRejects _rejects = new(grains, settings.Grains);
    private long _accepted;
    private long _duplicate;
    private long _late;
    private long _rejected;

    public IDeliveryControl Delivery => _delivery;

    public IRejectControl Rejects => _rejects;

    /// <remarks>
    /// Events of customers who are one by an event of the same batch are sent in turn, all others at once. Rejects are kept after the
    /// events: a batch that is sent again because one of them could not be kept has duplicates only.
    /// </remarks>
    public async ValueTask<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var outcomes = new EventOutcome[batch.Events.Count];
        var rejects = new ConcurrentQueue<RejectedItem>(batch.Rejects);
        try
        {
            foreach (var stretch in Stretches(batch.Events))
            {
                await SendAsync(batch, stretch, outcomes, rejects, cancellationToken).ConfigureAwait(false);
            }

            await _rejects.KeepAsync(rejects, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or ArgumentException))
        {
            throw new EngineUnavailableException("the cluster cannot save these events now; send them again later", fault);
        }

        Interlocked.Add(ref _rejected, rejects.Count);
        return Counted(outcomes);
    }

    public async ValueTask<CustomerInsight?> GetInsightAsync(CustomerId customer, CancellationToken cancellationToken) =>
        await GrainOf(customer).GetInsightAsync().WaitAsync(cancellationToken).ConfigureAwait(false) is { } known
            ? InsightViews.Of(customer, known)
            : null;

    public async ValueTask<IReadOnlyList<TimelineEntry>?> GetTimelineAsync(
        CustomerId customer, int limit, CancellationToken cancellationToken)
    {
        var items = await GrainOf(customer).GetTimelineAsync(limit).WaitAsync(cancellationToken).ConfigureAwait(false);
        return items.Length == 0 ? null : [.. items.Select(InsightViews.Of)];
    }

    public async ValueTask<MergeResult> MergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        InsightViews.Of(await GrainOf(into).MergeAsync(from.Value).WaitAsync(cancellationToken).ConfigureAwait(false));

    public async ValueTask<MergeResult> UnmergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        InsightViews.Of(await GrainOf(into).UnmergeAsync(from.Value).WaitAsync(cancellationToken).ConfigureAwait(false));

    /// <remarks>Records are the events of the kept history, states the rows of the ids.</remarks>
    public async ValueTask<ErasureResult?> EraseAsync(CustomerId customer, CancellationToken cancellationToken)
    {
        try
        {
            var erased = await grains.GetGrain<ICustomerErasureGrain>(customer.Value).EraseAllAsync(customer.Value)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            return erased is null ? null : new ErasureResult(erased.Ids, erased.Events, erased.Ids, erased.Decisions, erased.Rejects);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new EngineUnavailableException("the cluster cannot save now that the customer is erased; erase it again later", fault);
        }
    }

    /// <remarks>Null, too, for a decision that its customer has dropped for newer ones.</remarks>
    public async ValueTask<DecisionView?> GetDecisionAsync(string decisionId, CancellationToken cancellationToken)
    {
        if (await OwnerOfAsync(decisionId, cancellationToken).ConfigureAwait(false) is not { } owner) return null;
        var why = await GrainOf(owner).WhyAsync(decisionId).WaitAsync(cancellationToken).ConfigureAwait(false);
        return why is null ? null : InsightViews.Of(owner.Value, why);
    }

    public async ValueTask<ScoreExplanation?> ExplainAsync(CustomerId customer, ScoreHead head, CancellationToken cancellationToken) =>
        InsightViews.Of(
            await GrainOf(customer).ExplainAsync(ScoreHeads.WireName(head), null).WaitAsync(cancellationToken).ConfigureAwait(false));

    /// <remarks>Null, too, for a decision that its customer has dropped for newer ones.</remarks>
    public async ValueTask<ScoreExplanation?> ExplainDecisionAsync(string decisionId, ScoreHead head, CancellationToken cancellationToken)
    {
        if (await OwnerOfAsync(decisionId, cancellationToken).ConfigureAwait(false) is not { } owner) return null;
        return InsightViews.Of(
            await GrainOf(owner).ExplainAsync(ScoreHeads.WireName(head), decisionId).WaitAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <remarks>As silos told within the last second or two.</remarks>
    public async ValueTask<IReadOnlyList<CustomerAtRisk>> GetAtRiskAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var shares = await Task.WhenAll(Enumerable.Range(0, settings.Grains.AtRiskShares)
            .Select(share => grains.GetGrain<IRiskGrain>(share).ListAsync(limit))).WaitAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. shares.SelectMany(static notes => notes).OrderByDescending(static note => note.Risk)
                .ThenBy(static note => note.CustomerId, StringComparer.Ordinal).Take(limit).Select(InsightViews.Of),
        ];
    }

    /// <summary>What was sent through this object, and the model of this silo.</summary>
    public EngineStatus GetStatus()
    {
        using var lease = scorer.Lease();
        return EngineStatus.Empty with
        {
            IsReady = true,
            Model = lease.Model?.ToString(),
            EventsAccepted = Interlocked.Read(ref _accepted),
            EventsDuplicate = Interlocked.Read(ref _duplicate),
            EventsLate = Interlocked.Read(ref _late),
            EventsRejected = Interlocked.Read(ref _rejected),
        };
    }

    /// <summary>Drift of what this silo's customers send. Scores are not followed to their outcomes.</summary>
    public ModelWatch GetModelWatch() => watch?.Read()
        ?? throw new EngineUnavailableException("a client of the cluster does not watch models; ask a silo for /v1/models/watch");

    /// <remarks>From the first step of the enumeration on. Silos tell every second, each in order; between silos there is none.</remarks>
    public IAsyncEnumerable<EngineNotice> SubscribeAsync(CancellationToken cancellationToken) => Notices.FollowAsync(cancellationToken);

    internal ClusterNotices Notices { get; } = new(grains, settings.Grains, settings.Time ?? TimeProvider.System);

    /// <summary>
    /// The batch, cut where an event names a visitor whose own events are before it or whom another customer's event named, and before a
    /// visitor's event that follows one that names it: who is merged is said by that event, so what is before has to have arrived, and what
    /// comes after must not overtake it.
    /// </summary>
    private static List<Range> Stretches(IReadOnlyList<Domain.Events.CustomerEvent> events)
    {
        var stretches = new List<Range>();
        var (senders, named) = (new HashSet<CustomerId>(), new Dictionary<CustomerId, CustomerId>());
        var from = 0;
        for (var i = 0; i < events.Count; i++)
        {
            var (customer, visitor) = (events[i].Customer, events[i].Visitor);
            var isNamed = visitor is { } known && (senders.Contains(known) || named.GetValueOrDefault(known, customer) != customer);
            if (isNamed || named.ContainsKey(customer))
            {
                stretches.Add(from..i);
                from = i;
                senders.Clear();
                named.Clear();
            }

            senders.Add(customer);
            if (visitor is { } other) named[other] = customer;
        }

        stretches.Add(from..events.Count);
        return stretches;
    }

    /// <param name="rejects">Receives the late events that are to be kept aside.</param>
    private async Task SendAsync(
        IngestBatch batch, Range stretch, EventOutcome[] outcomes, ConcurrentQueue<RejectedItem> rejects,
        CancellationToken cancellationToken)
    {
        var limits = new ParallelOptions { MaxDegreeOfParallelism = CallsMax, CancellationToken = cancellationToken };
        var customers = Enumerable.Range(stretch.Start.Value, stretch.End.Value - stretch.Start.Value)
            .GroupBy(i => batch.Events[i].Customer);
        await Parallel.ForEachAsync(customers, limits, async (customer, cancelled) =>
        {
            foreach (var part in customer.OrderBy(i => batch.Events[i].OccurredAt).Chunk(settings.Grains.BatchEventsMax))
            {
                var events = new EventBatch
                {
                    Events = [.. part.Select(i => batch.Events[i])], MustBeSaved = true, TakesLate = batch.Late == LateRule.TakeIn,
                };
                var reply = await GrainOf(customer.Key).ObserveAsync(events).WaitAsync(cancelled).ConfigureAwait(false);
                for (var i = 0; i < part.Length; i++)
                {
                    var outcome = outcomes[part[i]] = (EventOutcome)reply.Outcomes[i];
                    if (outcome != EventOutcome.Late || batch.Late != LateRule.KeepAside) continue;
                    var newest = Instant.From(reply.NewestAt ?? events.Events[^1].OccurredAt.ToDateTimeOffset());
                    rejects.Enqueue(LateReject.Of(events.Events[i], newest, settings.Customers.AllowedLateness));
                }
            }
        }).ConfigureAwait(false);
    }

    private IngestResult Counted(EventOutcome[] outcomes)
    {
        var accepted = outcomes.Count(static one => one == EventOutcome.Accepted);
        var duplicates = outcomes.Count(static one => one == EventOutcome.Duplicate);
        var late = outcomes.Count(static one => one == EventOutcome.Late);
        Interlocked.Add(ref _accepted, accepted);
        Interlocked.Add(ref _duplicate, duplicates);
        Interlocked.Add(ref _late, late);
        return new IngestResult(outcomes, accepted, duplicates, late);
    }

    /// <summary>Whose decision it is; null for an unknown one.</summary>
    private async Task<CustomerId?> OwnerOfAsync(string decisionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(decisionId);
        var owner = await grains.GetGrain<IDecisionGrain>(decisionId).FindAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return owner is null ? null : CustomerId.Parse(owner);
    }

    private ICustomerGrain GrainOf(CustomerId customer) => grains.GetGrain<ICustomerGrain>(customer.Value);
}
