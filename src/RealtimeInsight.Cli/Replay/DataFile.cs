using System.IO.Compression;
using System.Text;

namespace RealtimeInsight.Cli.Replay;

/// <summary>One recorded file, plain or gzip (by its ending <c>.gz</c>).</summary>
public sealed record DataFile(string Path)
{
    private const int BufferBytes = 64 * 1024;

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>
    /// What <paramref name="path"/> names: the file itself, or the files of a folder whose names end in one of
    /// <paramref name="endings"/> (also with <c>.gz</c>), in ordinal name order.
    /// </summary>
    /// <exception cref="CliException">The path does not exist, or its folder holds no such file.</exception>
    public static IReadOnlyList<DataFile> Find(string path, IReadOnlyList<string> endings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(endings);
        if (File.Exists(path)) return [new DataFile(path)];
        if (!Directory.Exists(path)) throw CliException.Usage($"--data {path}: there is no such file or folder");
        var files = Directory.EnumerateFiles(path)
            .Where(file => endings.Any(ending => HasEnding(file, ending)))
            .Order(StringComparer.Ordinal)
            .Select(file => new DataFile(file))
            .ToList();
        if (files.Count != 0) return files;
        throw CliException.Usage($"--data {path}: the folder holds no file ending in {string.Join(", ", endings)} (or the same with .gz)");
    }

    /// <summary>The file's lines without the blank ones; lazy.</summary>
    /// <exception cref="CliException">The file cannot be opened or read.</exception>
    public IEnumerable<TextLine> ReadLines()
    {
        using var text = Open();
        var lines = new LineReader(text);
        while (Next(lines) is { } line) yield return line;
    }

    private TextLine? Next(LineReader lines)
    {
        try
        {
            while (lines.Read() is { } line)
            {
                if (!string.IsNullOrWhiteSpace(line.Text)) return line;
            }

            return null;
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException)
        {
            throw CliException.Failure($"{Path}: reading stopped: {problem.Message}", problem);
        }
    }

    /// <summary>Opens the text, UTF-8 with or without a byte order mark. The caller disposes the reader.</summary>
    public TextReader Open()
    {
        try
        {
            Stream stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
            if (HasEnding(Path, ".gz")) stream = new GZipStream(stream, CompressionMode.Decompress);
            return new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, BufferBytes);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"--data {Path}: cannot be opened: {problem.Message}");
        }
    }

    private static bool HasEnding(string file, string ending) =>
        file.EndsWith(ending, StringComparison.OrdinalIgnoreCase) || file.EndsWith(ending + ".gz", StringComparison.OrdinalIgnoreCase);
}
