using System.Text.Json.Nodes;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Tests.Models;

public sealed class ModelRepositoryTests : IDisposable
{
    private readonly ModelFolder _folder = new();

    public static TheoryData<string> RequiredKeys =>
    [
        "name", "version", "contract_version", "feature_schema_hash", "digest", "opset", "created_at", "horizons", "calibration",
        "training", "metrics", "graphs",
    ];

    [Fact]
    public void Read_VersionInOrder_GivesManifestGraphsAndIdentity()
    {
        _folder.Write("3", step: [9, 8], fold: [7]);

        var package = _folder.Repository.Read("behaviour", "3");

        Assert.Equal([9, 8], package.Step.ToArray());
        Assert.Equal([7], package.Fold.ToArray());
        Assert.Equal("behaviour/3", package.Identity.ToString());
        Assert.Equal(package.Manifest.Digest, package.Identity.Digest);
        Assert.Equal(Convert.ToUInt32(package.Manifest.Digest[..8], 16), package.Identity.Stamp);
        Assert.Equal(24.5, package.Manifest.Horizons.AbandonmentHours);
        Assert.Equal(-0.25, package.Manifest.Calibration["churn"].B);
        Assert.Equal("2026-02-01", Assert.Single(package.Manifest.Training.Sources).To);
        Assert.Equal(0.75, package.Manifest.Metrics["churn"].Auc);
        Assert.Null(package.Manifest.Metrics["purchase"].Auc);
    }

    [Fact]
    public void DigestOf_TwoGraphs_IsTheSha256OfTheirBytesInARow()
    {
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ModelRepository.DigestOf("a"u8, "bc"u8));
    }

    [Fact]
    public void Versions_AreOrderedByNumber_HighestFirst()
    {
        foreach (var version in (string[])["2", "10", "9"])
        {
            _folder.Write(version);
        }

        Directory.CreateDirectory(Path.Combine(_folder.Root, "behaviour", "draft"));

        Assert.Equal(["10", "9", "2"], _folder.Repository.Versions("behaviour"));
        Assert.Empty(_folder.Repository.Versions("another"));
        Assert.Empty(new ModelRepository(Path.Combine(_folder.Root, "absent"), "x").Versions("behaviour"));
    }

    [Theory]
    [InlineData("step.onnx")]
    [InlineData("fold.onnx")]
    [InlineData("model.json")]
    public void Read_FileMissing_RefusesAndNamesIt(string file)
    {
        _folder.Write("1");
        File.Delete(_folder.PathOf("1", file));

        AssertRefused(ModelRefusal.Missing, $"behaviour/1/{file}", "Copy the version again");
    }

    [Theory]
    [InlineData("2")]
    [InlineData("draft")]
    [InlineData("../behaviour/1")]
    [InlineData("")]
    public void Read_NoSuchVersion_Refuses(string version)
    {
        _folder.Write("1");

        var refused = Assert.Throws<ModelRefusedException>(() => _folder.Repository.Read("behaviour", version));

        Assert.Equal(ModelRefusal.Missing, refused.Reason);
        Assert.Contains($"no version {version} ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secrets")]
    [InlineData("..")]
    [InlineData(" ")]
    public void Read_NameThatIsNoFolderName_Throws(string name)
    {
        Assert.Throws<ArgumentException>(() => _folder.Repository.Read(name, "1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"name\": NaN}")]
    public void Read_BadJson_Refuses(string json)
    {
        _folder.Write("1");
        File.WriteAllText(_folder.PathOf("1", "model.json"), json);

        AssertRefused(ModelRefusal.Manifest, "behaviour/1/model.json", "is not a model manifest");
    }

    [Theory]
    [MemberData(nameof(RequiredKeys))]
    public void Read_KeyMissing_RefusesAndNamesIt(string key)
    {
        _folder.Write("1", manifest => manifest.Remove(key));

        AssertRefused(ModelRefusal.Manifest, key);
    }

    [Theory]
    [MemberData(nameof(RequiredKeys))]
    public void Read_KeyNull_Refuses(string key)
    {
        _folder.Write("1", manifest => manifest[key] = null);

        AssertRefused(ModelRefusal.Manifest, "is not a model manifest");
    }

    [Fact]
    public void Read_OtherContractVersion_RefusesAndSaysBoth()
    {
        _folder.Write("1", manifest => manifest["contract_version"] = 2);

        AssertRefused(ModelRefusal.ContractVersion, "contract_version 2", "serves 1");
    }

    [Fact]
    public void Read_OtherFeatureSchema_RefusesAndSaysBothHashes()
    {
        _folder.Write("1", manifest => manifest["feature_schema_hash"] = "fedcba9876543210");

        AssertRefused(ModelRefusal.FeatureSchema, "fedcba9876543210", ModelFolder.SchemaHash, "Train it again");
    }

    [Theory]
    [InlineData("step.onnx")]
    [InlineData("fold.onnx")]
    public void Read_GraphChanged_RefusesAndSaysBothDigests(string file)
    {
        _folder.Write("1");
        var promised = _folder.Repository.Read("behaviour", "1").Manifest.Digest;
        File.WriteAllBytes(_folder.PathOf("1", file), [42]);
        var found = ModelRepository.DigestOf(
            File.ReadAllBytes(_folder.PathOf("1", "step.onnx")), File.ReadAllBytes(_folder.PathOf("1", "fold.onnx")));

        AssertRefused(ModelRefusal.Digest, promised, found);
    }

    [Fact]
    public void Read_ManifestOfAnotherVersion_Refuses()
    {
        _folder.Write("1", manifest => manifest["version"] = "2");

        AssertRefused(ModelRefusal.Manifest, "describes behaviour/2");
    }

    [Theory]
    [InlineData("churn")]
    [InlineData("abandonment")]
    [InlineData("purchase")]
    public void Read_HeadWithoutCalibration_RefusesAndNamesIt(string head)
    {
        _folder.Write("1", manifest => manifest["calibration"]!.AsObject().Remove(head));

        AssertRefused(ModelRefusal.Manifest, $"no calibration for head {head}");
    }

    [Theory]
    [InlineData("calibration.churn.method", "\"isotonic\"", "isotonic")]
    [InlineData("calibration.churn.a", "1e999", "finite")]
    [InlineData("graphs.step", "\"../../secret.onnx\"", "step.onnx")]
    [InlineData("horizons.churn_days", "0", "above 0")]
    [InlineData("horizons.purchase_hours", "-1", "above 0")]
    public void Read_ValueOutsideItsRange_Refuses(string path, string value, string expected)
    {
        _folder.Write("1", manifest =>
        {
            var keys = path.Split('.');
            var parent = keys[..^1].Aggregate((JsonNode)manifest, (node, key) => node[key]!);
            parent[keys[^1]] = JsonNode.Parse(value);
        });

        AssertRefused(ModelRefusal.Manifest, expected);
    }

    public void Dispose() => _folder.Dispose();

    private void AssertRefused(ModelRefusal reason, params string[] texts)
    {
        var refused = Assert.Throws<ModelRefusedException>(() => _folder.Repository.Read("behaviour", "1"));
        Assert.Equal(reason, refused.Reason);
        Assert.All(texts, text => Assert.Contains(text, refused.Message, StringComparison.Ordinal));
    }
}
