using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host.Demo;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Cli.Tests.Watching;

/// <summary>Traffic through a running engine against a reference that was made of another shop's events.</summary>
public sealed class DriftWatchTests
{
    private const double Large = 0.25;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private static readonly HeadScores s_scores = new(0.2f, 0.5f, 0.1f);

    [Fact]
    public async Task TrafficLikeTheTrainingData_DoesNotDrift()
    {
        var drift = await WatchAsync(Events(seed: 21));

        Assert.InRange(drift.Samples, 3_000, 2 * 8_192);
        var far = drift.Inputs.Where(static input => input.Psi > Large).Select(static input => $"{input.Name} {input.Psi}");
        Assert.Empty(far);
        Assert.All(drift.Missing, static field => Assert.InRange(field.Rate!.Value - field.Trained!.Value, -0.1, 0.1));
        Assert.All(drift.Inputs, static input => Assert.InRange(input.OutOfRange!.Value, 0, 0.05));
    }

    [Fact]
    public async Task ShopThatStopsSendingPrices_IsNoticed()
    {
        var drift = await WatchAsync(Events(seed: 21).Select(WithoutPrices));

        // What the alert FieldsMissing and InputsDrift look at.
        var value = drift.Missing.Single(static field => field.Field == "value");
        Assert.True(value.Rate - value.Trained > 0.2, $"{value}");
        Assert.Contains("has_value", drift.Inputs.Where(static input => input.Psi > Large).Select(static input => input.Name));
    }

    [Fact]
    public async Task AmountsInAnotherUnit_AreOutOfRange()
    {
        var drift = await WatchAsync(Events(seed: 21).Select(static item => Priced(item, static price => price * 1_000m)));

        var value = drift.Inputs.Single(static input => input.Name == "value_log");
        Assert.True(value.OutOfRange > 0.05, $"{value}");
        Assert.True(value.Psi > Large, $"{value}");
    }

    private static IEnumerable<CustomerEvent> Events(ulong seed) =>
        new ShopSimulator(new ShopSimulatorOptions { Seed = seed, Customers = 150, Days = 30 }).Events();

    private static CustomerEvent WithoutPrices(CustomerEvent item) => Priced(item, static _ => null);

    private static CustomerEvent Priced(CustomerEvent item, Func<decimal, decimal?> price) => item with
    {
        Value = item.Value is { } value ? price(value) : null,
        Products = [.. item.Products.Select(line => line with { Price = line.Price is { } one ? price(one) : null })],
    };

    private static ModelReference Reference()
    {
        var machine = new CustomerMachine(new CustomerOptions());
        var states = new Dictionary<CustomerId, CustomerState>();
        var effects = new EffectBuffer();
        var sample = new ReferenceSample();
        var (token, ids, profile) = (new float[ModelContract.TokenFeatures], new long[ModelContract.TokenIds],
            new float[ModelContract.ProfileFeatures]);
        foreach (var item in Events(seed: 20))
        {
            if (!states.TryGetValue(item.Customer, out var state)) states.Add(item.Customer, state = new CustomerState(item.Customer));
            if (machine.Admit(state, item) != Admission.New) continue;
            machine.Apply(state, item, effects);
            effects.Clear();
            FeatureExtractor.Token(state, token, ids);
            FeatureExtractor.Profile(state, item.OccurredAt, profile);
            sample.Add(token, ids, profile, s_scores);
        }

        return sample.ToReference();
    }

    private static async Task<DriftWatch> WatchAsync(IEnumerable<CustomerEvent> events)
    {
        using var meter = new Meter(EngineInstruments.MeterName);
        var options = new EngineOptions { Clock = EngineClock.EventTime, Shards = 1, MergeAutomatically = false };
        options.Watch.DriftWindow = TimeSpan.FromDays(365);
        var policy = Policy.Parse(new JsonObject { ["name"] = "none", ["rules"] = new JsonArray() });
        await using var engine = new EmbeddedEngine(
            options, new CustomerOptions(), new DecisionMaker(policy), new ConstantScorer(s_scores) { Manifest = Manifest(Reference()) },
            new InMemoryStore(), [], new EngineInstruments(meter), TimeProvider.System, NullLogger<EmbeddedEngine>.Instance);
        await engine.StartAsync(CancellationToken.None).WaitAsync(s_patience);
        foreach (var batch in events.Chunk(2_000))
        {
            await engine.IngestAsync(IngestBatch.Of(batch), CancellationToken.None).AsTask().WaitAsync(s_patience);
        }

        return Assert.Single(engine.GetModelWatch().Versions).Drift!;
    }

    private static ModelManifest Manifest(ModelReference reference) => new()
    {
        Name = "behaviour",
        Version = "1",
        ContractVersion = ModelContract.Version,
        FeatureSchemaHash = FeatureSchema.Hash,
        Digest = new string('c', 64),
        Opset = 17,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Horizons = new ModelHorizons { ChurnDays = 30, AbandonmentHours = 24, PurchaseHours = 24 },
        Calibration = new Dictionary<string, HeadCalibration>(),
        Training = new ModelTraining { Seed = 1, Sources = [] },
        Metrics = new Dictionary<string, HeadMetrics>(),
        Graphs = new ModelGraphs { Step = ModelGraphs.StepFile, Fold = ModelGraphs.FoldFile },
        Reference = reference,
    };
}
