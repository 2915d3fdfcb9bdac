using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Cli.Tests.Training;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host.Demo;
using RealtimeInsight.Inference.Monitoring;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Cli.Tests.Watching;

/// <summary>
/// The labels that a running engine gives to its own scores are those that training gives to the same events with the whole history at
/// hand.
/// </summary>
public sealed class LiveLabelTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly record struct Moment(ulong Customer, Instant At, ScoreHead Head);

    [Fact]
    public async Task Labels_OfASimulatedShop_AreThoseOfTraining()
    {
        var shop = new ShopSimulatorOptions { Seed = 5, Customers = 120, Days = 70 };

        // One id a person: who is whom is decided live with what is known then, and in training with all that came later.
        var events = new ShopSimulator(shop).Events().Select(static item => item with { Visitor = null });
        await AssertSameAsync([.. events], Outcomes.All, atLeast: 20_000);
    }

    [RealDataFact]
    public async Task Labels_OfRecordedOrders_AreThoseOfTraining()
    {
        var path = Path.Combine(RealData.Folder!, "online_retail");
        var items = ReplayInput.Load(EventFormats.Get("online_retail"), path, limit: 60_000, CancellationToken.None).Items;

        var events = items.Select(static item => item.Event).OfType<CustomerEvent>();
        await AssertSameAsync([.. events], Outcomes.Churn | Outcomes.Purchase, atLeast: 3_000);
    }

    private static async Task AssertSameAsync(List<CustomerEvent> events, Outcomes known, int atLeast)
    {
        using var written = new WrittenFeatures(new FeatureSource("test", "generated", known, events));
        var expected = TrainingLabels(events, written.Read<sbyte>("labels"));

        var live = await LiveLabelsAsync(events);

        Assert.True(expected.Count >= atLeast, $"{expected.Count} labels are known");
        var different = expected.Where(pair => !live.TryGetValue(pair.Key, out var label) || label != pair.Value).ToList();
        Assert.Empty(different);
        var end = events[^1].OccurredAt;
        var more = live.Keys.Where(moment => !expected.ContainsKey(moment) && known.HasFlag(OutcomeOf(moment.Head)));
        Assert.All(more, moment => Assert.True(moment.At + HorizonOf(moment.Head) > end, $"{moment} is labelled, and masked in training"));
    }

    private static Dictionary<Moment, bool> TrainingLabels(List<CustomerEvent> events, sbyte[] labels)
    {
        var machine = new CustomerMachine(new CustomerOptions());
        var states = new Dictionary<ulong, CustomerState>();
        var effects = new EffectBuffer();
        var found = new Dictionary<Moment, bool>();
        var row = 0;
        foreach (var item in events)
        {
            var hash = item.Customer.StableHash;
            if (!states.TryGetValue(hash, out var state)) states.Add(hash, state = new CustomerState(item.Customer));
            if (machine.Admit(state, item) != Admission.New) continue;
            machine.Apply(state, item, effects);
            effects.Clear();
            for (var head = 0; head < OutcomeLabels.Heads; head++)
            {
                var label = labels[(row * OutcomeLabels.Heads) + head];
                if (label != OutcomeLabels.Masked) found[new Moment(hash, item.OccurredAt, (ScoreHead)head)] = label == 1;
            }

            row++;
        }

        Assert.Equal(labels.Length, row * OutcomeLabels.Heads);
        return found;
    }

    private static async Task<Dictionary<Moment, bool>> LiveLabelsAsync(List<CustomerEvent> events)
    {
        var labels = new Dictionary<Moment, bool>();
        using var meter = new Meter(EngineInstruments.MeterName);
        var options = new EngineOptions { Clock = EngineClock.EventTime, Shards = 2, MergeAutomatically = false };
        options.Watch.PendingMax = 1 << 20;
        var policy = Policy.Parse(new JsonObject { ["name"] = "none", ["rules"] = new JsonArray() });
        await using var engine = new EmbeddedEngine(
            options, new CustomerOptions(), new DecisionMaker(policy), new ConstantScorer(new HeadScores(0.2f, 0.5f, 0.1f)),
            new InMemoryStore(), [], new EngineInstruments(meter), TimeProvider.System, NullLogger<EmbeddedEngine>.Instance);
        var twice = new List<ResolvedScore>();
        engine.Monitor.Observer = resolved =>
        {
            if (!labels.TryAdd(new Moment(resolved.Customer, resolved.At, resolved.Head), resolved.Outcome)) twice.Add(resolved);
        };
        await engine.StartAsync(CancellationToken.None).WaitAsync(s_patience);
        foreach (var batch in events.Chunk(2_000))
        {
            await engine.IngestAsync(IngestBatch.Of(batch), CancellationToken.None).AsTask().WaitAsync(s_patience);
        }

        await engine.RunToEndAsync(CancellationToken.None).AsTask().WaitAsync(s_patience);
        Assert.Empty(twice);
        AssertCounted(engine.GetModelWatch(), labels);
        return labels;
    }

    private static void AssertCounted(ModelWatch watch, Dictionary<Moment, bool> labels)
    {
        var version = Assert.Single(watch.Versions);
        foreach (var head in version.Heads) Assert.Equal(labels.Keys.Count(key => NameOf(key.Head) == head.Head), head.Outcomes);
        Assert.All(watch.Waiting, head => Assert.Equal((1d, 0L), (head.Share, head.Unfollowed)));
    }

    private static string NameOf(ScoreHead head) => head.ToString().ToLowerInvariant();

    private static Outcomes OutcomeOf(ScoreHead head) => head switch
    {
        ScoreHead.Churn => Outcomes.Churn,
        ScoreHead.Abandonment => Outcomes.Abandonment,
        _ => Outcomes.Purchase,
    };

    private static TimeSpan HorizonOf(ScoreHead head) => head switch
    {
        ScoreHead.Churn => OutcomeRules.ChurnHorizon,
        ScoreHead.Abandonment => OutcomeRules.AbandonmentHorizon,
        _ => OutcomeRules.PurchaseHorizon,
    };
}
