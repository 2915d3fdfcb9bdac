using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>A report as tables for a person and as one line of JSON for a script.</summary>
internal static class ReportWriter
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteTables(TextWriter output, EvaluationReport report)
    {
        output.WriteLine($"{report.Task} on {report.Format}: {report.Split}");
        output.WriteLine($"trained on {report.TrainCases} cases");
        foreach (var section in report.Sections)
        {
            output.WriteLine();
            var rate = section.BaseRate is { } share ? $", base rate {Figure(share)}" : "";
            output.WriteLine($"{section.Name}: n {section.Cases}{rate}");
            WriteTable(output, section);
            if (section.Facts.Count > 0) WriteWrapped(output, section.Facts.Select(fact => $"{fact.Name} {WithInterval(fact)}"));
            foreach (var note in section.Notes) output.WriteLine($"  note: {note}");
            output.WriteLine($"  {(section.Claim.IsMade ? "claim" : "no claim")}: {section.Claim.Text}");
        }

        foreach (var warning in report.Warnings) output.WriteLine($"warning: {warning}");
    }

    public static string ToJsonLine(EvaluationReport report, int seed, TimeSpan elapsed)
    {
        var main = report.Main;
        var json = new JsonObject
        {
            ["task"] = report.Task,
            ["format"] = report.Format,
            ["split"] = report.Split,
            ["seed"] = seed,
            ["train_n"] = report.TrainCases,
        };
        foreach (var (name, value) in SectionFields(main)) json[name] = value;
        json["sections"] = new JsonArray([.. report.Sections.Select(section => (JsonNode)new JsonObject(SectionFields(section)))]);
        json["warnings"] = new JsonArray([.. report.Warnings.Select(warning => (JsonNode)warning)]);
        json["elapsed_s"] = Math.Round(elapsed.TotalSeconds, 3);
        return json.ToJsonString(OneLine);
    }

    private static Dictionary<string, JsonNode?> SectionFields(ReportSection section) => new()
    {
        ["name"] = section.Name,
        ["n"] = section.Cases,
        ["base_rate"] = section.BaseRate is { } share ? Number(share) : null,
        ["model"] = section.Model.Name,
        ["metrics"] = Metrics(section.Model.Metrics),
        ["intervals"] = Intervals(section.Model.Metrics),
        ["baselines"] = new JsonArray([.. section.Results.Where(result => result.IsBaseline).Select(result => (JsonNode)new JsonObject
        {
            ["name"] = result.Name,
            ["metrics"] = Metrics(result.Metrics),
            ["intervals"] = Intervals(result.Metrics),
        })]),
        ["facts"] = Metrics(section.Facts),
        ["fact_intervals"] = Intervals(section.Facts),
        ["claim_made"] = section.Claim.IsMade,
        ["claim"] = section.Claim.Text,
        ["notes"] = new JsonArray([.. section.Notes.Select(note => (JsonNode)note)]),
    };

    private static JsonObject Metrics(IEnumerable<MetricValue> values) =>
        new(values.Select(value => KeyValuePair.Create(value.Name, Number(value.Value))));

    private static JsonObject Intervals(IEnumerable<MetricValue> values) =>
        new(values.Where(value => value.Low is not null).Select(value => KeyValuePair.Create(
            value.Name, (JsonNode?)new JsonArray(Number(value.Low!.Value), Number(value.High!.Value)))));

    /// <summary>JSON has no NaN: a figure that is not defined is null.</summary>
    private static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(Math.Round(value, 6)) : null;

    private static void WriteTable(TextWriter output, ReportSection section)
    {
        var names = section.Results.SelectMany(result => result.Metrics.Select(metric => metric.Name)).Distinct().ToList();
        var width = section.Results.Max(result => result.Name.Length) + 2;
        var columns = names.Select(name => Math.Max(name.Length, 9) + 2).ToList();
        output.WriteLine("  " + "".PadRight(width) + string.Concat(names.Select((name, i) => name.PadLeft(columns[i]))));
        foreach (var result in section.Results)
        {
            var line = new StringBuilder("  ").Append(((result.IsBaseline ? "  " : "* ") + result.Name).PadRight(width));
            for (var i = 0; i < names.Count; i++)
            {
                var metric = result.Metrics.FirstOrDefault(known => known.Name == names[i]);
                line.Append((metric is null ? "-" : Figure(metric.Value)).PadLeft(columns[i]));
            }

            output.WriteLine(line.ToString());
        }

        var intervals = section.Model.Metrics.Where(metric => metric.Low is not null)
            .Select(metric => $"{metric.Name} {WithInterval(metric)}").ToList();
        if (intervals.Count == 0) return;
        output.WriteLine($"  * {section.Model.Name} with 95 % bootstrap intervals:");
        WriteWrapped(output, intervals);
    }

    private static void WriteWrapped(TextWriter output, IEnumerable<string> parts)
    {
        foreach (var line in parts.Chunk(4)) output.WriteLine("    " + string.Join("; ", line));
    }

    private static string WithInterval(MetricValue metric) => metric.Low is { } low && metric.High is { } high
        ? $"{Figure(metric.Value)} [{Figure(low)}, {Figure(high)}]"
        : Figure(metric.Value);

    private static string Figure(double value) => !double.IsFinite(value) ? "n/a"
        : Math.Abs(value) >= 1000 ? value.ToString("0.0", CultureInfo.InvariantCulture)
        : value.Equals(Math.Floor(value)) && Math.Abs(value) >= 2 ? value.ToString("0", CultureInfo.InvariantCulture)
        : Math.Abs(value) < 0.01 && value != 0 ? value.ToString("0.000000", CultureInfo.InvariantCulture)
        : value.ToString("0.0000", CultureInfo.InvariantCulture);
}
