using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Insights.Recommendation;

/// <summary>A version of a trained order of next items, checked: its files are the ones that its manifest was written for.</summary>
public sealed class NextItemPackage
{
    public const string ManifestFile = "model.json";
    public const string ItemsFile = "items.bin";

    private NextItemPackage(NextItemManifest manifest, ReadOnlyMemory<byte> items) => (Manifest, Items) = (manifest, items);

    public NextItemManifest Manifest { get; }

    public ReadOnlyMemory<byte> Items { get; }

    public static string DigestOf(ReadOnlySpan<byte> items) => Convert.ToHexStringLower(SHA256.HashData(items));

    /// <exception cref="ModelRefusedException">They do not belong together, or are something else.</exception>
    public static NextItemPackage Check(ReadOnlyMemory<byte> manifest, ReadOnlyMemory<byte> items)
    {
        var read = ReadManifest(manifest.Span);
        if (read.Name != NextItemManifest.KindName
            || !long.TryParse(read.Version, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw new ModelRefusedException(ModelRefusal.Manifest,
                $"{ManifestFile} describes {read.Name}/{read.Version}; it has to describe {NextItemManifest.KindName} and a whole number. "
                + "Train it with 'insight items train'.");
        }

        var digest = DigestOf(items.Span);
        if (read.Digest == digest) return new NextItemPackage(read, items);
        throw new ModelRefusedException(ModelRefusal.Digest,
            $"{ManifestFile} has digest {read.Digest}, but {ItemsFile} has {digest}; it has to be the one it was written for. "
            + "Copy the version again, or train it again.");
    }

    /// <summary>Reads and checks a version's folder.</summary>
    /// <exception cref="ModelRefusedException">A file is missing, or they do not belong together.</exception>
    public static NextItemPackage Read(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        try
        {
            return Check(
                File.ReadAllBytes(Path.Combine(folder, ManifestFile)), File.ReadAllBytes(Path.Combine(folder, ItemsFile)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelRefusedException(ModelRefusal.Missing,
                $"{folder} cannot be read: {error.Message} A version needs {ManifestFile} and {ItemsFile}. Copy it again.", error);
        }
    }

    /// <summary>Puts the files into a folder that is there, the manifest last.</summary>
    /// <exception cref="IOException">They cannot be written, or there is no such folder.</exception>
    public void Write(string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, ItemsFile), Items.Span);
        File.WriteAllBytes(Path.Combine(folder, ManifestFile), Manifest.ToBytes());
    }

    /// <summary>Builds what serves; takes seconds for many sessions.</summary>
    /// <exception cref="ModelRefusedException">The content is damaged.</exception>
    public TrainedItems Load()
    {
        try
        {
            return new TrainedItems(Manifest.Version, NextItemFile.Read(Items.Span));
        }
        catch (FormatException problem)
        {
            throw new ModelRefusedException(ModelRefusal.Graph,
                $"{ItemsFile} of version {Manifest.Version} cannot be used: {problem.Message} Train it again with this program.", problem);
        }
    }

    private static NextItemManifest ReadManifest(ReadOnlySpan<byte> json)
    {
        try
        {
            return NextItemManifest.Read(json);
        }
        catch (JsonException problem)
        {
            throw new ModelRefusedException(ModelRefusal.Manifest,
                $"{ManifestFile} is not readable: {problem.Message} Train it with 'insight items train'.", problem);
        }
    }
}
