using System.Globalization;
using System.Security.Cryptography;

namespace RealtimeInsight.Inference.Models;

/// <summary>
/// Model versions on disk: <c>root/name/version/{model.json,step.onnx,fold.onnx}</c>. Version folders are whole numbers; others are
/// ignored. Reads on each call, so a version that is put there later is found. Thread-safe.
/// </summary>
public sealed class ModelRepository
{
    private const string ManifestFile = "model.json";
    private readonly string _root;
    private readonly string _featureSchemaHash;

    /// <param name="root">Folder of the models; it need not exist.</param>
    /// <param name="featureSchemaHash">Hash of the features that this build computes; a model with another one is refused.</param>
    public ModelRepository(string root, string featureSchemaHash)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        ArgumentException.ThrowIfNullOrWhiteSpace(featureSchemaHash);
        _root = Path.GetFullPath(root);
        _featureSchemaHash = featureSchemaHash;
    }

    /// <summary>Versions of a model, highest first; empty when there is none.</summary>
    /// <exception cref="ModelRefusedException">The folder is there and cannot be read.</exception>
    public IReadOnlyList<string> Versions(string name)
    {
        var folder = FolderOf(name);
        if (!Directory.Exists(folder))
        {
            return [];
        }

        try
        {
            return Directory.GetDirectories(folder)
                .Select(path => Path.GetFileName(path))
                .Where(version => TryParseVersion(version, out _))
                .OrderByDescending(version => long.Parse(version, CultureInfo.InvariantCulture))
                .ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelRefusedException(ModelRefusal.Missing,
                $"The versions of model {name} cannot be listed: {error.Message} The process has to be able to read them. Allow it.",
                error);
        }
    }

    /// <summary>Reads and checks one version.</summary>
    /// <exception cref="ModelRefusedException">It is missing, damaged, or made for other code.</exception>
    public ModelPackage Read(string name, string version)
    {
        var folder = Path.Combine(FolderOf(name), version);
        if (!TryParseVersion(version, out _) || !Directory.Exists(folder))
        {
            throw new ModelRefusedException(ModelRefusal.Missing,
                $"Model {name} has no version {version} under {_root}; a version is a folder named by a whole number. "
                + "Train one, or configure a version that is there.");
        }

        var place = $"{name}/{version}/{ManifestFile}";
        var manifest = ManifestReader.Read(ReadFile(folder, name, version, ManifestFile), place, _featureSchemaHash);
        if (manifest.Name != name || manifest.Version != version)
        {
            throw new ModelRefusedException(ModelRefusal.Manifest,
                $"{place} describes {manifest.Name}/{manifest.Version}; it has to describe the folder it lies in. Move the folder.");
        }

        var step = ReadFile(folder, name, version, ModelGraphs.StepFile);
        var fold = ReadFile(folder, name, version, ModelGraphs.FoldFile);
        var digest = DigestOf(step, fold);
        if (manifest.Digest != digest)
        {
            throw new ModelRefusedException(ModelRefusal.Digest,
                $"{place} has digest {manifest.Digest}, but its graphs have {digest}; they have to be the ones it was written for. "
                + "Copy the version again, or export it again.");
        }

        return new ModelPackage(manifest, step, fold);
    }

    /// <summary>Lower-case hex SHA-256 over both graphs, as manifests hold it.</summary>
    public static string DigestOf(ReadOnlySpan<byte> step, ReadOnlySpan<byte> fold)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(step);
        hash.AppendData(fold);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private string FolderOf(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.AsSpan().ContainsAny('/', '\\') || name is "." or "..")
        {
            throw new ArgumentException("A model's name is one folder name.", nameof(name));
        }

        return Path.Combine(_root, name);
    }

    private static bool TryParseVersion(string version, out long number) =>
        long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static byte[] ReadFile(string folder, string name, string version, string file)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelRefusedException(ModelRefusal.Missing,
                $"{name}/{version}/{file} cannot be read: {error.Message} A version needs {ManifestFile}, {ModelGraphs.StepFile} and "
                + $"{ModelGraphs.FoldFile}. Copy the version again.", error);
        }
    }
}
