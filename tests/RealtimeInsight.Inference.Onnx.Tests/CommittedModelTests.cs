using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference.Explanation;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>What is committed under <c>src/models</c> serves with this build.</summary>
public sealed class CommittedModelTests
{
    private const int BytesMax = 3_000_000;

    [Fact]
    public void Manifest_EveryHead_HasCalibrationAndMetrics()
    {
        var manifest = CommittedModel.Read().Manifest;

        foreach (var head in ModelHeads.All)
        {
            Assert.True(manifest.Calibration.ContainsKey(head), head);
            Assert.True(manifest.Metrics[head].N > 0, head);
            Assert.InRange(manifest.Metrics[head].Auc!.Value, 0.5, 1);
        }

        Assert.NotEmpty(manifest.Training.Sources);
        Assert.All(manifest.Training.Sources, source => Assert.False(string.IsNullOrWhiteSpace(source.Licence)));
    }

    [Fact]
    public void Files_AllTogether_StaySmall()
    {
        var bytes = Directory.EnumerateFiles(CommittedModel.Root, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

        Assert.InRange(bytes, 1, BytesMax);
    }

    [Fact]
    public async Task Pool_TryLoad_ServesItWithProbabilities()
    {
        using var meter = new Meter(InferenceInstruments.MeterName);
        var options = new InferenceOptions();
        await using var pool = new InferencePool(
            options, new InferenceInstruments(meter), TimeProvider.System, NullLogger<InferencePool>.Instance);

        Assert.True(pool.TryLoad(CommittedModel.Repository, CommittedModel.Factory(options)), pool.Problem);

        Assert.Null(pool.Problem);
        Assert.Equal(CommittedModel.Version, pool.Current!.Version);
        var batch = TestInputs.Batch(seed: 1, rows: 50, rowsMax: 64);
        using var lease = pool.Lease();
        Assert.Equal(ScoreOutcome.Scored, lease.Step(batch));
        for (var row = 0; row < batch.Rows; row++)
        {
            var (churn, abandonment, purchase) = batch.Scores(row);
            Assert.InRange(churn, 0, 1);
            Assert.InRange(abandonment, 0, 1);
            Assert.InRange(purchase, 0, 1);
        }

        Assert.True(batch.Churn.AsSpan(0, 50).ToArray().Distinct().Count() > 10);
    }

    [Fact]
    public async Task Explain_OnTheRuntime_AddsUpAndAgreesWithTheSteps()
    {
        using var meter = new Meter(InferenceInstruments.MeterName);
        var options = new InferenceOptions();
        await using var pool = new InferencePool(
            options, new InferenceInstruments(meter), TimeProvider.System, NullLogger<InferencePool>.Instance);
        pool.Swap(CommittedModel.Load());
        using var lease = pool.Lease();
        var state = new CustomerState(CustomerId.FromUser("ada"));
        var machine = new CustomerMachine(new CustomerOptions());
        var step = new ScoreBatch(1) { Rows = 1 };
        for (var i = 0; i < 20; i++)
        {
            machine.Apply(state, ShopEvent(i), new EffectBuffer());
            FeatureExtractor.Token(state, step.TokenRow(0), step.IdRow(0));
            FeatureExtractor.Profile(state, state.LastSeen, step.ProfileRow(0));
            Assert.Equal(ScoreOutcome.Scored, lease.Step(step));
            step.StateOut.CopyTo(step.StateIn, 0);
        }

        var explainer = new ScoreExplainer();
        var first = explainer.Explain(lease, ExplainedInput.Of(state)!)!;
        var again = explainer.Explain(lease, ExplainedInput.Of(state)!)!;

        Assert.Equal(first.Contributions, again.Contributions);
        for (var head = ScoreHead.Churn; head <= ScoreHead.Purchase; head++)
        {
            Assert.Equal(step.Scores(0).Of(head), first.Scores.Of(head), 1e-5f);
            Assert.Equal((double)first.Scores.Of(head) - first.Reference.Of(head), first.Contributions[(int)head].Sum(), 1e-9);
        }
    }

    private static CustomerEvent ShopEvent(int i) => new()
    {
        Id = EventId.Parse($"e{i}"),
        Kind = i % 4 == 3 ? EventKind.CartAdded : EventKind.ProductViewed,
        Customer = CustomerId.FromUser("ada"),
        OccurredAt = new Instant(1_772_452_800_000 + (i * 60_000)),
        IngestedAt = new Instant(1_772_452_800_000 + (i * 60_000)),
        Products = [new ProductLine($"p{i % 5}", "shoes", "acme", null, 20m)],
        Currency = "EUR",
    };
}
