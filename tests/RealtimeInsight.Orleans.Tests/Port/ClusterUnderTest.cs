using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Orleans.Boards;
using RealtimeInsight.Orleans.Notices;
using RealtimeInsight.Orleans.Risks;
using RealtimeInsight.Orleans.Tests.Parts;
using RealtimeInsight.Orleans.Variants;
using RealtimeInsight.TestKit.Conformance;

namespace RealtimeInsight.Orleans.Tests.Port;

/// <summary>The grains of two silos behind the engine's port. A crash kills one silo; another takes its place.</summary>
internal sealed class ClusterUnderTest : IEngineUnderTest
{
    private readonly ConcurrentDictionary<CustomerId, bool> _known = new();
    private readonly TestShop _shop;

    private ClusterUnderTest(TestShop shop)
    {
        _shop = shop;
        Engine = new Noting(shop.Engine, _known);
    }

    public ICustomerEngine Engine { get; }

    public IReadOnlyCollection<ActionMessage> Sent => _shop.Channel.Messages;

    public static async Task<IEngineUnderTest> OpenAsync() => new ClusterUnderTest(await TestShop.OpenAsync(
        policy: ConformanceShop.Policy, scorer: new TestKit.Scoring.LinearScorer(), now: ConformanceShop.Start));

    public Func<ActionMessage, DeliveryResult> Answer
    {
        set => _shop.Channel.Answer = value;
    }

    public Task WaitForDeadAsync() => _shop.Storage.WaitForDeadAsync();

    public Task WaitForOneAsync() => _shop.Channel.WaitForOneAsync();

    /// <summary>The index calls customers soon, and silos tell the lists in a second; a test does not wait for them.</summary>
    public async Task SetTimeAsync(Instant now)
    {
        _shop.Time.Set(now);
        foreach (var customer in _known.Keys)
        {
            await _shop.Customer(customer).GetInsightAsync();
            await _shop.Customer(customer).FlushAsync();
        }

        // The first silo of two has to hear what the second told.
        foreach (var silo in Silos().Concat(Silos())) await silo.GetRequiredService<VariantFeed>().TellAsync();
        foreach (var silo in Silos())
        {
            await silo.GetRequiredService<RiskFeed>().TellAsync();
            await silo.GetRequiredService<BoardKeeper>().ReportAsync();
        }
    }

    public Task<ErasureResult?> EraseAsync(string customer) =>
        Engine.EraseAsync(CustomerId.Parse(customer), CancellationToken.None).AsTask();

    public async Task<IAsyncEnumerator<EngineNotice>> FollowAsync()
    {
        var reader = await _shop.Engine.Notices.OpenAsync(CancellationToken.None);

        // A silo that the board had not heard of, or could not reach in time, looks for itself.
        foreach (var silo in Silos()) await silo.GetRequiredService<BoardKeeper>().ReportAsync();
        return ReadAsync(reader).GetAsyncEnumerator();
    }

    private IEnumerable<IServiceProvider> Silos() =>
        _shop.Cluster.Silos.Select(silo => _shop.Cluster.GetSiloServiceProvider(silo.SiloAddress));

    private static async IAsyncEnumerable<EngineNotice> ReadAsync(ClusterNotices.Reader reader)
    {
        await using (reader)
        {
            await foreach (var notice in reader.ReadAsync(CancellationToken.None)) yield return notice;
        }
    }

    public async Task CrashAsync()
    {
        await _shop.Cluster.KillSiloAsync(_shop.Cluster.Silos[1]);
        await _shop.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);
        await _shop.Cluster.StartAdditionalSiloAsync();
        await _shop.Cluster.WaitForLivenessToStabilizeAsync();
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    /// <summary>Notes who was spoken of.</summary>
    private sealed class Noting(ICustomerEngine engine, ConcurrentDictionary<CustomerId, bool> known) : ICustomerEngine
    {
        public IDeliveryControl Delivery => engine.Delivery;

        public IRejectControl Rejects => engine.Rejects;

        public ValueTask<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken)
        {
            foreach (CustomerEvent item in batch.Events) known[item.Customer] = true;
            return engine.IngestAsync(batch, cancellationToken);
        }

        public ValueTask<CustomerInsight?> GetInsightAsync(CustomerId customer, CancellationToken cancellationToken) =>
            engine.GetInsightAsync(customer, cancellationToken);

        public ValueTask<IReadOnlyList<TimelineEntry>?> GetTimelineAsync(
            CustomerId customer, int limit, CancellationToken cancellationToken) =>
            engine.GetTimelineAsync(customer, limit, cancellationToken);

        public ValueTask<MergeResult> MergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
            engine.MergeAsync(into, from, cancellationToken);

        public ValueTask<MergeResult> UnmergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
            engine.UnmergeAsync(into, from, cancellationToken);

        public ValueTask<ErasureResult?> EraseAsync(CustomerId customer, CancellationToken cancellationToken) =>
            engine.EraseAsync(customer, cancellationToken);

        public ValueTask<DecisionView?> GetDecisionAsync(string decisionId, CancellationToken cancellationToken) =>
            engine.GetDecisionAsync(decisionId, cancellationToken);

        public ValueTask<ScoreExplanation?> ExplainAsync(CustomerId customer, ScoreHead head, CancellationToken cancellationToken) =>
            engine.ExplainAsync(customer, head, cancellationToken);

        public ValueTask<ScoreExplanation?> ExplainDecisionAsync(
            string decisionId, ScoreHead head, CancellationToken cancellationToken) =>
            engine.ExplainDecisionAsync(decisionId, head, cancellationToken);

        public ValueTask<IReadOnlyList<CustomerAtRisk>> GetAtRiskAsync(int limit, CancellationToken cancellationToken) =>
            engine.GetAtRiskAsync(limit, cancellationToken);

        public EngineStatus GetStatus() => engine.GetStatus();

        public IAsyncEnumerable<EngineNotice> SubscribeAsync(CancellationToken cancellationToken) =>
            engine.SubscribeAsync(cancellationToken);
    }
}
