using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RealtimeInsight.Cli.Bench;

/// <summary>A report as a table for a person and as one line of JSON for a script.</summary>
internal static class BenchWriter
{
    private static readonly JsonSerializerOptions s_oneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteTable(TextWriter output, BenchReport report, BenchMachine machine)
    {
        output.WriteLine($"bench {report.Scenario} on {machine}");
        var width = report.Figures.Select(static figure => figure.Name.Length).DefaultIfEmpty(0).Max() + 2;
        foreach (var figure in report.Figures)
        {
            var spread = figure.Runs > 1 ? $"({BenchContext.Short(figure.Min)} to {BenchContext.Short(figure.Max)})" : "";
            var name = figure.Name.PadRight(width);
            output.WriteLine($"  {name}{BenchContext.Short(figure.Median),12} {spread,-24} {figure.Meaning}".TrimEnd());
        }

        foreach (var table in report.Tables)
        {
            output.WriteLine($"  {table.Name}:");
            output.WriteLine("  " + string.Concat(table.Columns.Select(static name => name.PadLeft(Width(name)))));
            foreach (var row in table.Rows)
            {
                var cells = row.Select((cell, i) => BenchContext.Short(cell).PadLeft(Width(table.Columns[i])));
                output.WriteLine("  " + string.Concat(cells));
            }
        }

        foreach (var note in report.Notes) output.WriteLine($"  note: {note}");
    }

    public static string ToJsonLine(BenchReport report, BenchMachine machine, TimeSpan elapsed)
    {
        var json = ToJson(report);
        json["machine"] = machine.ToJson();
        json["elapsed_s"] = Math.Round(elapsed.TotalSeconds, 3);
        return json.ToJsonString(s_oneLine);
    }

    /// <summary>Medians by name; the spread of those that were measured more than once; tables; notes.</summary>
    public static JsonObject ToJson(BenchReport report)
    {
        var json = new JsonObject { ["scenario"] = report.Scenario };
        var spread = new JsonObject();
        foreach (var figure in report.Figures)
        {
            json[figure.Name] = Number(figure.Median);
            if (figure.Runs > 1)
            {
                spread[figure.Name] = new JsonObject
                {
                    ["runs"] = figure.Runs, ["min"] = Number(figure.Min), ["max"] = Number(figure.Max),
                };
            }
        }

        json["spread"] = spread;
        json["tables"] = new JsonObject(report.Tables.Select(static table => KeyValuePair.Create(table.Name, (JsonNode?)Rows(table))));
        json["notes"] = new JsonArray([.. report.Notes.Select(static note => (JsonNode)note)]);
        return json;
    }

    private static JsonArray Rows(BenchTable table) => new([
        .. table.Rows.Select(row => (JsonNode)new JsonObject(
            table.Columns.Select((name, i) => KeyValuePair.Create(name, Number(row[i]))))),
    ]);

    private static int Width(string column) => Math.Max(column.Length, 10) + 2;

    /// <summary>JSON has no NaN: a figure that is not defined is null. Whole numbers stay whole.</summary>
    private static JsonNode? Number(double value)
    {
        if (!double.IsFinite(value)) return null;
        if (Math.Abs(value) < 1e15 && value == Math.Floor(value)) return JsonValue.Create((long)value);
        return JsonValue.Create(double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
    }
}
