using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using RealtimeInsight.Cli.Replay;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>A delimited text file with a header, read row by row; <c>.gz</c> is unpacked, quoted fields may span lines.</summary>
internal sealed class TableFile
{
    /// <summary>Where an evaluation's data may be, without <c>.gz</c>.</summary>
    private static readonly string[] Endings = [".csv", ".txt", ".tsv"];

    private const int FoldersTold = 5;
    private readonly string _path;
    private readonly string _delimiter;

    private TableFile(string path, string delimiter)
    {
        _path = path;
        _delimiter = delimiter;
    }

    /// <summary>Rows of all files that the paths name, in the order given; of a folder, the files that have the columns, by name.</summary>
    /// <param name="option">The option that named the paths, for messages.</param>
    /// <exception cref="CliException">A path does not exist or has not the format's columns.</exception>
    public static IEnumerable<TableRow> Rows(IReadOnlyList<string> paths, string option, string format, string delimiter,
        params string[] columns)
    {
        foreach (var path in paths)
        {
            foreach (var file in Files(path, option))
            {
                var table = new TableFile(file, delimiter);
                var header = table.Header();
                var missing = columns.Where(column => !header.Contains(column)).ToList();
                if (missing.Count > 0)
                {
                    if (Directory.Exists(path) && Files(path, option).Any(other => new TableFile(other, delimiter).Has(columns))) continue;
                    throw CliException.Usage(
                        $"{option} {file}: not in the format {format}: the header has no {string.Join(", ", missing.Take(5))}; "
                        + $"it starts with {string.Join(", ", header.Take(5))}");
                }

                foreach (var row in table.Read(option)) yield return row;
            }
        }
    }

    /// <summary>The file itself, or those of a folder that end in a known ending, by name.</summary>
    public static IReadOnlyList<string> Files(string path, string option)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw CliException.Usage($"{option} {path}: there is no such file or folder");
        var files = Directory.EnumerateFiles(path)
            .Where(file => Endings.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)
                || file.EndsWith(ending + ".gz", StringComparison.OrdinalIgnoreCase)))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (files.Count > 0) return files;
        var folders = Directory.EnumerateDirectories(path).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        var inside = folders.Count == 0 ? "" : $"; name one of its folders: {string.Join(", ", folders.Take(FoldersTold))}";
        throw CliException.Usage(
            $"{option} {path}: the folder holds no {string.Join(", ", Endings)} file (or the same with .gz){inside}");
    }

    /// <summary>The header of one file, for formats whose columns vary.</summary>
    public static IReadOnlyList<string> HeaderOf(string file) => new TableFile(file, ",").Header();

    private bool Has(string[] columns)
    {
        var header = Header();
        return columns.All(header.Contains);
    }

    private string[] Header()
    {
        using var reader = new DataFile(_path).Open();
        using var parser = new CsvParser(reader, Configuration());
        return ReadOrExplain(parser) ? parser.Record!.Select(name => name.Trim('\uFEFF', ' ')).ToArray() : [];
    }

    private IEnumerable<TableRow> Read(string option)
    {
        using var reader = new DataFile(_path).Open();
        using var parser = new CsvParser(reader, Configuration());
        if (!ReadOrExplain(parser)) yield break;
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < parser.Count; i++) columns.TryAdd(parser[i].Trim('\uFEFF', ' '), i);
        while (ReadOrExplain(parser))
        {
            yield return new TableRow(parser, columns, $"{option} {_path}");
        }
    }

    private bool ReadOrExplain(CsvParser parser)
    {
        try
        {
            return parser.Read();
        }
        catch (InvalidDataException problem)
        {
            throw CliException.Usage($"{_path}: cannot be unpacked: {problem.Message}");
        }
    }

    private CsvConfiguration Configuration() => new(CultureInfo.InvariantCulture)
    {
        Delimiter = _delimiter,
        BadDataFound = null,
        IgnoreBlankLines = true,
    };
}
