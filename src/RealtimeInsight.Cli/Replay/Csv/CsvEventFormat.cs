using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Cli.Replay.Csv;

/// <summary>What the formats of comma separated values share: header, line accounting, ids. A format maps one row.</summary>
internal abstract class CsvEventFormat : IEventFormat
{
    public abstract string Name { get; }

    public abstract string Description { get; }

    public IReadOnlyList<string> FileEndings { get; } = [".csv"];

    /// <summary>Columns the header must name, in any order; more may be there.</summary>
    protected abstract IReadOnlyList<string> Columns { get; }

    /// <summary>Stands between fields.</summary>
    protected virtual char Separator => ',';

    public IEnumerable<ReplayItem> Read(DataFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var lines = file.ReadLines().GetEnumerator();
        var (positions, names) = ReadHeader(file, lines);
        for (var index = 0; lines.MoveNext(); index++)
        {
            yield return Convert(file, lines.Current, index, positions, names.Count);
        }
    }

    /// <summary>The events of a file, in file order, each with its line's field of a column that the format need not know.</summary>
    /// <exception cref="CliException">The file has no such column, or is not of this format.</exception>
    public IEnumerable<(CustomerEvent Event, string Field)> ReadWith(DataFile file, string column)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var lines = file.ReadLines().GetEnumerator();
        var (positions, names) = ReadHeader(file, lines);
        var at = names.FindIndex(name => name.Equals(column, StringComparison.OrdinalIgnoreCase));
        if (at < 0) throw CliException.Usage($"{file.Path}: the header lacks the column {column}; it has {string.Join(", ", names)}");
        while (lines.MoveNext())
        {
            var item = Convert(file, lines.Current, index: 0, positions, names.Count);
            if (item.Event is not { } known || !CsvLine.TrySplit(lines.Current.Text, Separator, out var fields)) continue;
            yield return (known, fields[at]);
        }
    }

    /// <summary>Makes the event of one row. False with the reason when the row is none.</summary>
    protected abstract bool TryMap(CsvRow row, [NotNullWhen(true)] out CustomerEvent? customerEvent, out LineProblem problem);

    private ReplayItem Convert(DataFile file, TextLine line, int index, int[] positions, int width)
    {
        LineProblem problem;
        if (line.IsCut)
        {
            problem = new(LineCodes.TooLarge, LineReader.TooLong);
        }
        else if (!CsvLine.TrySplit(line.Text, Separator, out var fields))
        {
            problem = new(LineCodes.BadLine, "a quoted field does not close on its line, or has text behind its quote");
        }
        else if (fields.Length != width)
        {
            problem = new(LineCodes.BadLine, $"the line has {fields.Length} fields, the header names {width}");
        }
        else if (TryMap(new CsvRow(fields, positions, IdOf(line.Text)), out var customerEvent, out problem))
        {
            return new ReplayItem(index, customerEvent, null);
        }

        return new ReplayItem(index, null, new MalformedLine(problem.Code, $"{file.Name}:{line.Number}: {problem.Message}", line.Text));
    }

    private (int[] Positions, List<string> Names) ReadHeader(DataFile file, IEnumerator<TextLine> lines)
    {
        if (!lines.MoveNext() || !CsvLine.TrySplit(lines.Current.Text, Separator, out var names))
        {
            throw CliException.Usage($"{file.Path}: is empty; --format {Name} needs a header line with {string.Join(", ", Columns)}");
        }

        var trimmed = names.Select(name => name.Trim()).ToList();
        var missing = Columns.Where(column => !trimmed.Contains(column, StringComparer.OrdinalIgnoreCase)).ToList();
        if (missing.Count > 0)
        {
            throw CliException.Usage(
                $"{file.Path}: the header lacks the column {string.Join(", ", missing)}, which --format {Name} needs; "
                + $"it has {string.Join(", ", trimmed)}");
        }

        var positions = Columns.Select(column => trimmed.FindIndex(name => name.Equals(column, StringComparison.OrdinalIgnoreCase)));
        return (positions.ToArray(), trimmed);
    }

    /// <summary>128 bits of SHA-256 over the line: two different lines never share an id in practice.</summary>
    private EventId IdOf(string line)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(line), hash);
        return EventId.Parse($"{Name}-{System.Convert.ToHexStringLower(hash[..16])}");
    }
}
