using System.Security.Cryptography;

namespace RealtimeInsight.Inference.Models;

/// <summary>A version's folder, of any kind of model: <c>name/version/</c>.</summary>
/// <param name="Path">Full path.</param>
internal sealed record VersionFolder(string Path, string Name, string Version)
{
    /// <summary><c>name/version</c>.</summary>
    public string Id => $"{Name}/{Version}";

    public static VersionFolder Of(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        folder = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder));
        var name = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(folder)) ?? "";
        return new VersionFolder(folder, name, System.IO.Path.GetFileName(folder));
    }

    /// <param name="needs">What has to be there, as a sentence.</param>
    /// <exception cref="ModelRefusedException">The file cannot be read.</exception>
    public byte[] Read(string file, string needs)
    {
        try
        {
            return File.ReadAllBytes(System.IO.Path.Combine(Path, file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelRefusedException(ModelRefusal.Missing,
                $"{Id}/{file} cannot be read: {error.Message} {needs} Copy the version again.", error);
        }
    }

    /// <summary>Lower-case hex SHA-256 over two files in a row, as manifests hold it.</summary>
    public static string DigestOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(first);
        hash.AppendData(second);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
