using System.Globalization;

namespace RealtimeInsight.Inference.Models;

/// <summary>
/// One model version as read from the repository: its manifest and the very bytes whose digest was checked, so that what runs is what
/// was checked.
/// </summary>
public sealed class ModelPackage(ModelManifest manifest, ReadOnlyMemory<byte> step, ReadOnlyMemory<byte> fold)
{
    public ModelManifest Manifest { get; } = manifest;

    /// <summary>The ONNX graph of one event.</summary>
    public ReadOnlyMemory<byte> Step { get; } = step;

    /// <summary>The ONNX graph of a sequence.</summary>
    public ReadOnlyMemory<byte> Fold { get; } = fold;

    public ModelIdentity Identity { get; } = IdentityOf(manifest);

    internal static ModelIdentity IdentityOf(ModelManifest manifest)
    {
        var stamp = uint.Parse(manifest.Digest.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new ModelIdentity(manifest.Name, manifest.Version, manifest.Digest, stamp == 0 ? 1 : stamp);
    }
}
