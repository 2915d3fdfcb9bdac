using System.Globalization;

namespace RealtimeInsight.Inference.Models;

/// <summary>
/// Model versions on disk: <c>root/name/version/{model.json,step.onnx,fold.onnx}</c>, under one root or several; a version that is under
/// two is that of the first. Version folders are whole numbers; others are ignored. Reads on each call, so a version that is put there
/// later is found. Thread-safe.
/// </summary>
public sealed class ModelRepository
{
    private const string ManifestFile = "model.json";
    private const string Needs = $"A version needs {ManifestFile}, {ModelGraphs.StepFile} and {ModelGraphs.FoldFile}.";
    private readonly string[] _roots;
    private readonly string _featureSchemaHash;

    /// <param name="root">Folder of the models; it need not exist.</param>
    /// <param name="featureSchemaHash">Hash of the features that this build computes; a model with another one is refused.</param>
    /// <param name="more">Further folders; what is installed goes into the last.</param>
    public ModelRepository(string root, string featureSchemaHash, params string[] more)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        ArgumentException.ThrowIfNullOrWhiteSpace(featureSchemaHash);
        ArgumentNullException.ThrowIfNull(more);
        _roots = [.. more.Prepend(root).Select(Path.GetFullPath)];
        _featureSchemaHash = featureSchemaHash;
    }

    /// <summary>Versions of a model, highest first; empty when there is none.</summary>
    /// <exception cref="ModelRefusedException">The folder is there and cannot be read.</exception>
    public IReadOnlyList<string> Versions(string name)
    {
        try
        {
            return _roots.Select(root => ParentOf(root, name))
                .Where(Directory.Exists)
                .SelectMany(Directory.GetDirectories)
                .Select(path => Path.GetFileName(path))
                .Where(version => TryParseVersion(version, out _))
                .Distinct()
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

    /// <summary>Where a version lies; null when it is under none of the roots.</summary>
    public string? FolderOf(string name, string version) => TryParseVersion(version, out _) ? FindFolder(name, version) : null;

    /// <summary>Reads and checks one version.</summary>
    /// <exception cref="ModelRefusedException">It is missing, damaged, or made for other code.</exception>
    public ModelPackage Read(string name, string version)
    {
        if (!TryParseVersion(version, out _) || FindFolder(name, version) is not { } folder)
        {
            throw new ModelRefusedException(ModelRefusal.Missing,
                $"Model {name} has no version {version} under {string.Join(" or ", _roots)}; "
                + "a version is a folder named by a whole number. Train one, or name a version that is there.");
        }

        return Package(name, version, ReadFiles(folder));
    }

    /// <summary>Checks the files of a version that is not in the repository yet.</summary>
    /// <param name="name">The model that it has to be a version of.</param>
    /// <exception cref="ModelRefusedException">They are damaged, or made for other code or another model.</exception>
    public ModelPackage Check(string name, ModelFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var version = ManifestReader.Read(files.Manifest.Span, ManifestFile, _featureSchemaHash).Version;
        if (!TryParseVersion(version, out _))
        {
            throw new ModelRefusedException(ModelRefusal.Manifest,
                $"{ManifestFile} has version \"{version}\"; a version is a whole number. Train it with --out .../{name}/NUMBER.");
        }

        return Package(name, version, files);
    }

    /// <summary>Puts a checked version into the last folder; a reader finds all of it or nothing. One that is there stays.</summary>
    /// <exception cref="ModelRefusedException">Another model has this version, or the folder cannot be written to.</exception>
    public void Install(ModelPackage package, ModelFiles files)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(files);
        var (name, version) = (package.Manifest.Name, package.Manifest.Version);
        if (FindFolder(name, version) is not null)
        {
            if (Read(name, version).Identity.Digest == package.Identity.Digest) return;
            throw new ModelRefusedException(ModelRefusal.Manifest,
                $"Model {name} has a version {version} already, with other graphs; a version never changes. Train it as the next version.");
        }

        VersionFolder.Of(Path.Combine(ParentOf(_roots[^1], name), version)).Install(folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, ModelGraphs.StepFile), files.Step.Span);
            File.WriteAllBytes(Path.Combine(folder, ModelGraphs.FoldFile), files.Fold.Span);
            File.WriteAllBytes(Path.Combine(folder, ManifestFile), files.Manifest.Span);
        });
    }

    /// <summary>Lower-case hex SHA-256 over both graphs, as manifests hold it.</summary>
    public static string DigestOf(ReadOnlySpan<byte> step, ReadOnlySpan<byte> fold) => VersionFolder.DigestOf(step, fold);

    /// <summary>The files of a version in a folder anywhere.</summary>
    /// <exception cref="ModelRefusedException">One of them cannot be read.</exception>
    public static ModelFiles ReadFiles(string folder)
    {
        var files = VersionFolder.Of(folder);
        return new ModelFiles(
            files.Read(ManifestFile, Needs), files.Read(ModelGraphs.StepFile, Needs), files.Read(ModelGraphs.FoldFile, Needs));
    }

    private ModelPackage Package(string name, string version, ModelFiles files)
    {
        var place = $"{name}/{version}/{ManifestFile}";
        var manifest = ManifestReader.Read(files.Manifest.Span, place, _featureSchemaHash);
        if (manifest.Name != name || manifest.Version != version)
        {
            throw new ModelRefusedException(ModelRefusal.Manifest,
                $"{place} describes {manifest.Name}/{manifest.Version}; it has to describe the folder it lies in. Move the folder.");
        }

        var digest = DigestOf(files.Step.Span, files.Fold.Span);
        if (manifest.Digest != digest)
        {
            throw new ModelRefusedException(ModelRefusal.Digest,
                $"{place} has digest {manifest.Digest}, but its graphs have {digest}; they have to be the ones it was written for. "
                + "Copy the version again, or export it again.");
        }

        return new ModelPackage(manifest, files.Step, files.Fold);
    }

    private string? FindFolder(string name, string version) =>
        _roots.Select(root => Path.Combine(ParentOf(root, name), version)).FirstOrDefault(Directory.Exists);

    private static string ParentOf(string root, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.AsSpan().ContainsAny('/', '\\') || name is "." or "..")
        {
            throw new ArgumentException("A model's name is one folder name.", nameof(name));
        }

        return Path.Combine(root, name);
    }

    private static bool TryParseVersion(string version, out long number) =>
        long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
