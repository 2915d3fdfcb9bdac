using System.Globalization;
using CsvHelper;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>The current row of a table, by column name. Valid until the next row is read.</summary>
internal readonly struct TableRow(CsvParser parser, Dictionary<string, int> columns, string source)
{
    /// <summary>The field's text; empty where the row is too short.</summary>
    public string Text(string column)
    {
        var index = columns[column];
        return index < parser.Count ? parser[index] : "";
    }

    public bool Has(string column) => columns.ContainsKey(column);

    /// <summary>Names that begin so, in the order of the header.</summary>
    public IEnumerable<string> Columns(string prefix)
    {
        var known = columns;
        return known.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(name => known[name]);
    }

    /// <summary>The field as a number.</summary>
    /// <exception cref="CliException">It is not a finite number.</exception>
    public double Number(string column)
    {
        if (double.TryParse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)) return value;
        throw Wrong(column, "a number");
    }

    public long Whole(string column)
    {
        if (long.TryParse(Text(column), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)) return value;
        var number = Number(column);
        return Math.Abs(number) < 1e15 && Math.Floor(number).Equals(number) ? (long)number : throw Wrong(column, "a whole number");
    }

    public bool Flag(string column) => Text(column) switch
    {
        "1" or "TRUE" or "True" or "true" => true,
        "0" or "FALSE" or "False" or "false" => false,
        _ => throw Wrong(column, "1 or 0, TRUE or FALSE"),
    };

    /// <summary>A date with or without a time, read as UTC.</summary>
    public DateTime Time(string column)
    {
        const DateTimeStyles style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTime.TryParse(Text(column), CultureInfo.InvariantCulture, style, out var value)) return value;
        throw Wrong(column, "a date and time");
    }

    /// <summary>The error that says where the field is, what it holds and what it should be.</summary>
    public CliException Wrong(string column, string expected)
    {
        var text = Text(column);
        return CliException.Usage(
            $"{source} line {parser.RawRow}: {column} is '{(text.Length > 40 ? text[..40] + "..." : text)}', which is not {expected}");
    }
}
