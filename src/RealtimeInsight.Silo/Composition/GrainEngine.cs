using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Inference;
using RealtimeInsight.Orleans;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using EventOutcome = RealtimeInsight.Engine.Port.EventOutcome;

namespace RealtimeInsight.Silo;

/// <summary>
/// The port of the engine over the grains of a cluster: each event goes to the grain of its customer, wherever that lives. Thread-safe.
/// </summary>
internal sealed class GrainEngine(IGrainFactory grains, IScorer scorer, SiloSettings settings) : ICustomerEngine
{
    private const int CallsMax = 64;

    private long _accepted;
    private long _duplicate;
    private long _late;
    private long _rejected;

    public IDeliveryControl Delivery => throw NotHere("dead letters and endpoints are not listed by a cluster");

    public IRejectControl Rejects => throw NotHere("rejects are not listed by a cluster");

    public async ValueTask<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var outcomes = new EventOutcome[batch.Events.Count];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = CallsMax, CancellationToken = cancellationToken };
        var parts = Enumerable.Range(0, outcomes.Length).GroupBy(i => batch.Events[i].Customer)
            .SelectMany(group => group.Chunk(settings.Grains.BatchEventsMax).Select((part, number) => (group.Key, number, part)))
            .GroupBy(static part => part.Key);
        try
        {
            await Parallel.ForEachAsync(parts, limits, async (customer, _) =>
            {
                foreach (var (_, _, part) in customer) await ObserveAsync(customer.Key, batch, part, outcomes).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or ArgumentException))
        {
            throw new EngineUnavailableException("the cluster cannot save these events now; send them again later", fault);
        }

        Interlocked.Add(ref _rejected, batch.Rejects.Count);
        return Counted(outcomes);
    }

    public async ValueTask<CustomerInsight?> GetInsightAsync(CustomerId customer, CancellationToken cancellationToken) =>
        await grains.GetGrain<ICustomerGrain>(customer.Value).GetInsightAsync().ConfigureAwait(false) is { } known
            ? InsightViews.Of(customer, known)
            : null;

    public async ValueTask<IReadOnlyList<TimelineEntry>?> GetTimelineAsync(
        CustomerId customer, int limit, CancellationToken cancellationToken)
    {
        var items = await grains.GetGrain<ICustomerGrain>(customer.Value).GetTimelineAsync(limit).ConfigureAwait(false);
        return items.Length == 0
            ? null
            : [.. items.Select(static item => new TimelineEntry(Instant.From(item.At), item.Type, item.Name, new JsonObject()))];
    }

    public ValueTask<MergeResult> MergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        throw NotHere("customers are not merged in a cluster");

    public ValueTask<MergeResult> UnmergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        throw NotHere("customers are not parted in a cluster");

    public ValueTask<DecisionView?> GetDecisionAsync(string decisionId, CancellationToken cancellationToken) =>
        throw NotHere("a cluster does not find a decision by its id alone");

    public ValueTask<IReadOnlyList<CustomerAtRisk>> GetAtRiskAsync(int limit, CancellationToken cancellationToken) =>
        throw NotHere("a cluster has no list of its customers");

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

    public IAsyncEnumerable<EngineNotice> SubscribeAsync(CancellationToken cancellationToken) =>
        throw NotHere("a cluster has no live notices");

    private async Task ObserveAsync(CustomerId customer, IngestBatch batch, int[] part, EventOutcome[] outcomes)
    {
        var events = new EventBatch { Events = [.. part.Select(i => batch.Events[i])], MustBeSaved = true };
        var reply = await grains.GetGrain<ICustomerGrain>(customer.Value).ObserveAsync(events).ConfigureAwait(false);
        for (var i = 0; i < part.Length; i++) outcomes[part[i]] = (EventOutcome)reply.Outcomes[i];
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

    private static EngineUnavailableException NotHere(string why) => new($"{why}; ask the customer's grain");
}
