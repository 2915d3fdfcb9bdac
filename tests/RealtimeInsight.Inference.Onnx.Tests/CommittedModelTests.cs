using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
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
}
