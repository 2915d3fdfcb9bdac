using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace RealtimeInsight.Cli.Replay.Csv;

/// <summary>
/// Splits one physical line of separated values. A quoted field ends on its own line: in a recorded event log a quote that
/// does not close is damage, and must not swallow the lines after it.
/// </summary>
internal static class CsvLine
{
    public static bool TrySplit(string line, char separator, [NotNullWhen(true)] out string[]? fields)
    {
        if (!line.Contains('"', StringComparison.Ordinal))
        {
            fields = line.Split(separator);
            return true;
        }

        var isBad = false;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = _ => isBad = true,
            Delimiter = separator.ToString(),
        };
        using var reader = new StringReader(line);
        using var parser = new CsvParser(reader, configuration, leaveOpen: true);
        fields = parser.Read() ? parser.Record : null;
        if (isBad) fields = null;
        return fields is not null;
    }
}
