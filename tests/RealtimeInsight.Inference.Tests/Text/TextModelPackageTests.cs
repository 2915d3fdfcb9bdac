using System.Text.Json.Nodes;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Inference.Tests.Text;

public sealed class TextModelPackageTests : IDisposable
{
    private readonly TextFolder _folder = new();

    [Fact]
    public void Read_LabelsAndMaxLengthAlone_AreEnough()
    {
        var package = _folder.Read();

        Assert.Equal("tone/1", package.Id);
        Assert.Equal(["bad", "good"], package.Manifest.Labels);
        Assert.Equal(new WordPieceRules(LowerCase: true, StripAccents: true, SplitIdeographs: true), package.Manifest.Tokenizer);
        Assert.Equal(TextActivation.Softmax, package.Manifest.Activation);
    }

    [Fact]
    public void Read_CasedModel_KeepsAccentsToo()
    {
        _folder.Write(manifest => manifest["lower_case"] = false);

        Assert.Equal(new WordPieceRules(LowerCase: false, StripAccents: false), _folder.Read().Manifest.Tokenizer);
    }

    [Fact]
    public void Read_RightDigest_IsTaken()
    {
        var digest = TextModelPackage.DigestOf(
            File.ReadAllBytes(Path.Combine(_folder.Path, "model.onnx")), File.ReadAllBytes(Path.Combine(_folder.Path, "vocab.txt")));
        _folder.Write(manifest => manifest["digest"] = digest);

        Assert.Equal(digest, _folder.Read().Manifest.Digest);
    }

    [Theory]
    [InlineData("{", ModelRefusal.Manifest, "is not the manifest of a text model")]
    [InlineData("{\"labels\":[\"a\",\"b\"]}", ModelRefusal.Manifest, "max_length")]
    [InlineData("{\"labels\":[\"a\"],\"max_length\":64}", ModelRefusal.Manifest, "has the labels [a]; they have to be 2 to 1000")]
    [InlineData("{\"labels\":[\"a\",\"a\"],\"max_length\":64}", ModelRefusal.Manifest, "has the labels [a, a]")]
    [InlineData("{\"labels\":[\"a\",\"b\"],\"max_length\":4}", ModelRefusal.Manifest, "has max_length 4; it has to be 8 to 4096")]
    [InlineData("{\"labels\":[\"a\",\"b\"],\"max_length\":64,\"version\":\"2\"}", ModelRefusal.Manifest, "it has to describe the folder")]
    [InlineData("{\"labels\":[\"a\",\"b\"],\"max_length\":64,\"digest\":\"00\"}", ModelRefusal.Digest, "tone/1/model.json has digest 00")]
    [InlineData("{\"labels\":[\"a\",\"b\"],\"max_length\":64,\"activation\":\"tanh\"}", ModelRefusal.Manifest, "is not the manifest")]
    public void Read_ManifestThatIsWrong_IsRefused(string json, ModelRefusal reason, string message)
    {
        _folder.Write("model.json", json);

        var refused = Assert.Throws<ModelRefusedException>(_folder.Read);

        Assert.Equal(reason, refused.Reason);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.json")]
    [InlineData("model.onnx")]
    [InlineData("vocab.txt")]
    public void Read_MissingFile_IsRefused(string file)
    {
        File.Delete(Path.Combine(_folder.Path, file));

        var refused = Assert.Throws<ModelRefusedException>(_folder.Read);

        Assert.Equal(ModelRefusal.Missing, refused.Reason);
        Assert.Contains($"tone/1/{file} cannot be read", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnknownKeys_AreIgnored()
    {
        _folder.Write(manifest => manifest["training"] = new JsonObject { ["rows"] = 3 });

        Assert.Equal(64, _folder.Read().Manifest.MaxLength);
    }

    public void Dispose() => _folder.Dispose();
}
