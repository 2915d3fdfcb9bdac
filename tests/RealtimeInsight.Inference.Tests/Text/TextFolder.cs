using System.Text.Json.Nodes;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Inference.Tests.Text;

/// <summary>A version folder of a text model, in a repository of its own.</summary>
public sealed class TextFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("text-models-").FullName;

    public TextFolder()
    {
        Directory.CreateDirectory(Path);
        Write(TextModelPackage.GraphFile, "not read here");
        Write(
            TextModelPackage.VocabularyFile,
            string.Join('\n', ["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. "abcdefghijklmnop".Select(static c => $"{c}")]));
        Write(TextModelPackage.ManifestFile, Manifest.ToJsonString());
    }

    public string Root => _root;

    public string Path => System.IO.Path.Combine(_root, "tone", "1");

    public static JsonObject Manifest => new() { ["labels"] = new JsonArray("bad", "good"), ["max_length"] = 64 };

    public void Write(string file, string text) => File.WriteAllText(System.IO.Path.Combine(Path, file), text);

    public void Write(Action<JsonObject> change)
    {
        var manifest = Manifest;
        change(manifest);
        Write(TextModelPackage.ManifestFile, manifest.ToJsonString());
    }

    public TextModelPackage Read() => TextModelPackage.Read(Path);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
