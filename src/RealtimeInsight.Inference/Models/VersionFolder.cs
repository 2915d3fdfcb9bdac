using System.Security.Cryptography;

namespace RealtimeInsight.Inference.Models;

/// <summary>A version's folder, of any kind of model: <c>name/version/</c>.</summary>
/// <param name="Path">Full path.</param>
public sealed record VersionFolder(string Path, string Name, string Version)
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

    /// <summary>Puts a new version there: whoever reads finds all of it or nothing.</summary>
    /// <param name="write">Writes the version's files into the folder that it is given.</param>
    /// <exception cref="ModelRefusedException">The folder cannot be written to.</exception>
    public void Install(Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var incoming = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path) ?? "", $".incoming-{Version}");
        try
        {
            if (Directory.Exists(incoming)) Directory.Delete(incoming, recursive: true);
            Directory.CreateDirectory(incoming);
            write(incoming);
            Directory.Move(incoming, Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelRefusedException(ModelRefusal.Missing,
                $"{Path} cannot be written to: {error.Message} A registered version is kept there. Allow it, or free space.", error);
        }
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
