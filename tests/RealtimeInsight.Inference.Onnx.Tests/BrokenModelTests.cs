using RealtimeInsight.Domain.Features;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>A model that must not serve is refused with what, which value, which rule and what to do.</summary>
public sealed class BrokenModelTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("models-").FullName;

    [Fact]
    public void Load_TinyGraphsInOrder_Works()
    {
        using var runner = CommittedModel.Factory().Load(
            CommittedModel.PackageOf(new TinyOnnx().Write(), new TinyOnnx { IsFold = true }.Write()));
        var batch = TestInputs.Batch(seed: 1, rows: 3);

        runner.Step(batch);

        Assert.Equal(batch.StateIn, batch.StateOut);
        Assert.Equal(batch.StateIn[1], batch.Abandonment[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(-1)]
    public void Load_TruncatedGraph_IsRefused(int bytes)
    {
        var package = CommittedModel.Read();
        var length = bytes < 0 ? package.Step.Length / 2 : bytes;

        var refused = AssertRefused(package.Step.ToArray()[..length], package.Fold.ToArray());

        Assert.Contains("step.onnx cannot be loaded", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_GraphOfRandomBytes_IsRefused()
    {
        var noise = new byte[5000];
        new Random(1).NextBytes(noise);

        var refused = AssertRefused(CommittedModel.Read().Step.ToArray(), noise);

        Assert.Contains("fold.onnx cannot be loaded", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SwappedGraphs_IsRefusedForItsInputs()
    {
        var package = CommittedModel.Read();

        var refused = AssertRefused(package.Fold.ToArray(), package.Step.ToArray());

        Assert.Contains("step.onnx has the inputs", refused.Message, StringComparison.Ordinal);
        Assert.Contains("they have to be tokens, ids, profile, state_in", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherOutputName_IsRefusedAndSaysBoth()
    {
        var refused = AssertRefused(new TinyOnnx { PurchaseName = "propensity" }.Write(), []);

        Assert.Contains("propensity", refused.Message, StringComparison.Ordinal);
        Assert.Contains("purchase", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherStateWidth_IsRefusedAndSaysBoth()
    {
        var refused = AssertRefused(new TinyOnnx { StateWidth = 32 }.Write(), []);

        Assert.Contains("state_in as Float [-1, 32]; it has to be Float [-1, 64]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherType_IsRefusedAndSaysBoth()
    {
        var refused = AssertRefused(new TinyOnnx { IdType = TinyOnnx.Float }.Write(), []);

        Assert.Contains("ids as Float [-1, 1, 4]; it has to be Int64 [-1, 1, 4]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FixedBatch_IsRefused()
    {
        var refused = AssertRefused(new TinyOnnx { Batch = 16 }.Write(), []);

        Assert.Contains("[16, 1, 16]; it has to be Float [-1, 1, 16]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherFeatureSchema_IsRefusedAndSaysBoth()
    {
        CommittedModel.CopyTo(_root, manifest => manifest["feature_schema_hash"] = "feedfacefeedface");

        var refused = Assert.Throws<ModelRefusedException>(Read);

        Assert.Equal(ModelRefusal.FeatureSchema, refused.Reason);
        Assert.Contains("feedfacefeedface", refused.Message, StringComparison.Ordinal);
        Assert.Contains(FeatureSchema.Hash, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GraphCutShort_IsRefusedByItsDigest()
    {
        CommittedModel.CopyTo(_root);
        var step = Path.Combine(_root, CommittedModel.Name, CommittedModel.Version, ModelGraphs.StepFile);
        File.WriteAllBytes(step, File.ReadAllBytes(step)[..^1]);

        Assert.Equal(ModelRefusal.Digest, Assert.Throws<ModelRefusedException>(Read).Reason);
    }

    [Fact]
    public void Read_ManifestMissing_IsRefused()
    {
        CommittedModel.CopyTo(_root);
        File.Delete(Path.Combine(_root, CommittedModel.Name, CommittedModel.Version, "model.json"));

        Assert.Equal(ModelRefusal.Missing, Assert.Throws<ModelRefusedException>(Read).Reason);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static ModelRefusedException AssertRefused(byte[] step, byte[] fold)
    {
        var refused = Assert.Throws<ModelRefusedException>(() => CommittedModel.Factory().Load(CommittedModel.PackageOf(step, fold)));
        Assert.Equal(ModelRefusal.Graph, refused.Reason);
        return refused;
    }

    private ModelPackage Read() => new ModelRepository(_root, FeatureSchema.Hash).Read(CommittedModel.Name, CommittedModel.Version);
}
