using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Host.Demo;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Onnx;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Cli.Tests.Training;

/// <summary>The model in <c>src/models</c>, on the runtime that serves it.</summary>
public sealed class ShippedModelTests
{
    private const int BytesMax = 3_000_000;

    private static readonly string[] ManifestKeys =
    [
        "name", "version", "contract_version", "feature_schema_hash", "digest", "opset", "created_at", "horizons", "calibration",
        "training", "metrics", "graphs", "reference",
    ];

    private static string Folder => Path.Combine(Repository.Root, "src", "models", "behaviour", "1");

    [Fact]
    public void Manifest_Keys_AreThoseOfTheFormat()
    {
        var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "model.json"))).RootElement;

        Assert.Equal(ManifestKeys, Keys(manifest));
        Assert.Equal(["churn_days", "abandonment_hours", "purchase_hours"], Keys(manifest.GetProperty("horizons")));
        foreach (var head in ModelHeads.All)
        {
            Assert.Equal(["n", "base_rate", "auc", "brier", "log_loss"], Keys(manifest.GetProperty("metrics").GetProperty(head)));
            Assert.Equal(["method", "a", "b"], Keys(manifest.GetProperty("calibration").GetProperty(head)));
        }

        Assert.Equal(["seed", "sources"], Keys(manifest.GetProperty("training")));
        Assert.All(
            manifest.GetProperty("training").GetProperty("sources").EnumerateArray(),
            source => Assert.Equal(["name", "licence", "rows", "customers", "from", "to", "digest"], Keys(source)));
    }

    [Fact]
    public void Reference_HoldsEveryInputAndHead()
    {
        var reference = Read().Manifest.Reference!;

        Assert.Equal([.. FeatureSchema.TokenNames, .. FeatureSchema.ProfileNames], reference.Inputs.Keys);
        Assert.Equal(ModelHeads.All, reference.Scores.Keys);
        Assert.All(reference.Inputs.Values.Concat(reference.Scores.Values), static one =>
        {
            Assert.Equal(1, one.Shares.Sum(), 1e-4);
            Assert.All(one.Edges, edge => Assert.InRange(edge, one.Min, one.Max));
        });
        Assert.True(reference.Rows > 50_000);
    }

    [Fact]
    public void Files_AreSmall()
    {
        Assert.True(new DirectoryInfo(Folder).EnumerateFiles().Sum(file => file.Length) < BytesMax);
    }

    [Fact]
    public void Manifest_Metrics_BeatTheBaseRate()
    {
        var manifest = Read().Manifest;

        Assert.All(ModelHeads.All, head =>
        {
            var found = manifest.Metrics[head];
            var constant = found.BaseRate!.Value * (1 - found.BaseRate.Value);
            Assert.True(found.N >= 1000 && found.Auc > 0.7 && found.Brier < constant, head);
        });
    }

    [Fact]
    public void StepByStep_EqualsOneFold()
    {
        using var runner = Load();
        var random = new Random(5);
        foreach (var length in (int[])[1, 2, 7, 32, 64])
        {
            var (batch, fold) = (new ScoreBatch(1) { Rows = 1 }, new FoldRequest(64) { Length = length });
            for (var i = 0; i < length; i++)
            {
                Fill(random, batch);
                batch.TokenRow(0).CopyTo(fold.Tokens.AsSpan(i * ModelContract.TokenFeatures));
                batch.IdRow(0).CopyTo(fold.Ids.AsSpan(i * ModelContract.TokenIds));
                runner.Step(batch);
                batch.StateOutRow(0).CopyTo(batch.StateInRow(0));
            }

            batch.ProfileRow(0).CopyTo(fold.Profile);
            runner.Fold(fold);

            Assert.All(fold.StateOut.Zip(batch.StateOut), pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-5f));
            Assert.Equal(batch.Churn[0], fold.Scores.Churn, tolerance: 1e-4f);
            Assert.Equal(batch.Abandonment[0], fold.Scores.Abandonment, tolerance: 1e-4f);
            Assert.Equal(batch.Purchase[0], fold.Scores.Purchase, tolerance: 1e-4f);
        }
    }

    [Fact]
    public void Scores_OfACrowdNeverTrainedOn_RankTheirOutcomes()
    {
        var shop = new ShopSimulatorOptions { Seed = 4711, Customers = 250, Days = 75, ArrivalDays = 20 };
        using var written = new WrittenFeatures(FeatureSources.Simulated(shop));
        var labels = written.Read<sbyte>("labels");

        var logits = Score(written);

        Assert.True(Auc(labels, logits, OutcomeLabels.Abandonment) > 0.72);
        Assert.True(Auc(labels, logits, OutcomeLabels.Purchase) > 0.74);
        Assert.True(Auc(labels, logits, OutcomeLabels.Churn) > 0.6);
    }

    private static IEnumerable<string> Keys(JsonElement element) => element.EnumerateObject().Select(key => key.Name);

    private static float[] Score(WrittenFeatures written)
    {
        using var runner = Load();
        var (tokens, ids, profiles) = (written.Read<float>("tokens"), written.Read<short>("ids"), written.Read<float>("profiles"));
        var (rows, starts) = (written.Read<int>("sequence_rows"), written.Read<int>("sequence_starts"));
        var logits = new float[rows.Length * OutcomeLabels.Heads];
        var batch = new ScoreBatch(1) { Rows = 1 };
        for (var sequence = 0; sequence + 1 < starts.Length; sequence++)
        {
            batch.StateIn.AsSpan().Clear();
            foreach (var row in rows.AsSpan(starts[sequence]..starts[sequence + 1]))
            {
                tokens.AsSpan(row * ModelContract.TokenFeatures, ModelContract.TokenFeatures).CopyTo(batch.Tokens);
                profiles.AsSpan(row * ModelContract.ProfileFeatures, ModelContract.ProfileFeatures).CopyTo(batch.Profile);
                for (var i = 0; i < ModelContract.TokenIds; i++) batch.Ids[i] = ids[(row * ModelContract.TokenIds) + i];
                runner.Step(batch);
                batch.StateOut.CopyTo(batch.StateIn.AsSpan());
                logits[row * OutcomeLabels.Heads] = batch.Churn[0];
                logits[(row * OutcomeLabels.Heads) + 1] = batch.Abandonment[0];
                logits[(row * OutcomeLabels.Heads) + 2] = batch.Purchase[0];
            }
        }

        return logits;
    }

    /// <summary>Area under the ROC curve by ranks; ties count half.</summary>
    private static double Auc(sbyte[] labels, float[] logits, int head)
    {
        var known = Enumerable.Range(0, labels.Length / OutcomeLabels.Heads)
            .Select(row => (row * OutcomeLabels.Heads) + head)
            .Where(at => labels[at] != OutcomeLabels.Masked)
            .GroupBy(at => logits[at], at => labels[at])
            .OrderBy(group => group.Key)
            .Select(group => (Yes: group.Count(label => label == 1), No: group.Count(label => label == 0)))
            .ToList();
        var (below, won) = (0L, 0.0);
        foreach (var (yes, no) in known)
        {
            won += yes * (below + (no / 2.0));
            below += no;
        }

        return won / ((double)known.Sum(group => group.Yes) * below);
    }

    private static void Fill(Random random, ScoreBatch batch)
    {
        foreach (ref var value in batch.Tokens.AsSpan()) value = random.NextSingle();
        foreach (ref var value in batch.Profile.AsSpan()) value = random.NextSingle();
        batch.Ids[0] = random.Next(ModelContract.KindBuckets);
        batch.Ids[1] = random.Next(ModelContract.CategoryBuckets);
        batch.Ids[2] = random.Next(ModelContract.BrandBuckets);
        batch.Ids[3] = random.Next(ModelContract.ItemBuckets);
    }

    private static ModelPackage Read() =>
        new ModelRepository(Path.Combine(Repository.Root, "src", "models"), FeatureSchema.Hash).Read("behaviour", "1");

    private static IModelRunner Load() =>
        new OnnxModelRunnerFactory(new InferenceOptions(), NullLogger<OnnxModelRunnerFactory>.Instance).Load(Read());
}
