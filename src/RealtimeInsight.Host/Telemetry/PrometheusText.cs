using System.Globalization;
using System.Text;

namespace RealtimeInsight.Host.Telemetry;

/// <summary>
/// The Prometheus text format 0.0.4: names, units, escaping, and the lines of one metric family. Names follow the OpenTelemetry
/// exporter, so that a dashboard works with either.
/// </summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>End of the name of a gauge whose unit is 1.</summary>
    public const string Ratio = "_ratio";

    private static readonly Dictionary<string, string> s_units = new(StringComparer.Ordinal)
    {
        ["d"] = "days", ["h"] = "hours", ["min"] = "minutes", ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds",
        ["ns"] = "nanoseconds", ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes",
        ["B"] = "bytes", ["KB"] = "kilobytes", ["MB"] = "megabytes", ["GB"] = "gigabytes", ["%"] = "percent",
    };

    /// <summary>Instrument name and unit to a metric name: dots to underscores, the unit as a suffix, <c>_total</c> for counters.</summary>
    public static string NameOf(string instrument, string? unit, MetricType type)
    {
        var name = new StringBuilder(instrument.Length + 16);
        AppendClean(name, instrument);
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) name.Insert(0, '_');
        var suffix = SuffixOf(unit, type);
        if (suffix.Length > 0 && !name.ToString().EndsWith(suffix, StringComparison.Ordinal)) name.Append(suffix);
        if (type == MetricType.Counter && !name.ToString().EndsWith("_total", StringComparison.Ordinal)) name.Append("_total");
        return name.ToString();
    }

    public static void WriteHeader(StringBuilder output, string name, string? description, MetricType type)
    {
        if (!string.IsNullOrEmpty(description))
        {
            output.Append("# HELP ").Append(name).Append(' ').Append(EscapeHelp(description)).Append('\n');
        }
        output.Append("# TYPE ").Append(name).Append(' ').Append(type.ToString().ToLowerInvariant()).Append('\n');
    }

    /// <summary>One sample line; <paramref name="labels"/> are as <see cref="Labels"/> wrote them.</summary>
    public static void WriteSample(StringBuilder output, string name, string labels, double value)
    {
        output.Append(name);
        if (labels.Length > 0) output.Append('{').Append(labels).Append('}');
        output.Append(' ').Append(Number(value)).Append('\n');
    }

    /// <summary>The lines of one histogram series: cumulative buckets, sum and count.</summary>
    /// <param name="counts">Values in each bucket, one more than <paramref name="bounds"/>: the last is above them all.</param>
    public static void WriteHistogram(
        StringBuilder output, string name, string labels, IReadOnlyList<double> bounds, ReadOnlySpan<long> counts, double sum)
    {
        var separator = labels.Length > 0 ? "," : "";
        long total = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            var bound = i < bounds.Count ? Number(bounds[i]) : "+Inf";
            WriteSample(output, name + "_bucket", $"{labels}{separator}le=\"{bound}\"", total);
        }

        WriteSample(output, name + "_sum", labels, sum);
        WriteSample(output, name + "_count", labels, total);
    }

    /// <summary>Tags as they stand between the braces, ordered by name.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0) return "";
        var ordered = tags.ToArray();
        Array.Sort(ordered, static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        var output = new StringBuilder();
        foreach (var (key, value) in ordered)
        {
            if (output.Length > 0) output.Append(',');
            output.Append(LabelName(key)).Append("=\"");
            output.Append(EscapeLabel(ValueOf(value))).Append('"');
        }

        return output.ToString();
    }

    public static string EscapeLabel(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ when double.IsNaN(value) => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string ValueOf(object? value) => value switch
    {
        true => "true",
        false => "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string EscapeHelp(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string LabelName(string key)
    {
        var name = string.Create(key.Length, key, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
        });
        return name.Length > 0 && char.IsAsciiDigit(name[0]) ? "_" + name : name;
    }

    /// <summary>Appends a text, with one underscore for any run of characters that a name may not have.</summary>
    private static void AppendClean(StringBuilder name, string text)
    {
        foreach (var character in text)
        {
            if (char.IsAsciiLetterOrDigit(character) || character == ':') name.Append(character);
            else if (name.Length == 0 || name[^1] != '_') name.Append('_');
        }
    }

    private static string SuffixOf(string? unit, MetricType type)
    {
        if (unit == "1") return type == MetricType.Gauge ? Ratio : "";
        // What is counted, such as {event}, is no unit.
        if (string.IsNullOrEmpty(unit) || unit.StartsWith('{')) return "";
        var suffix = new StringBuilder("_");
        AppendClean(suffix, s_units.GetValueOrDefault(unit, unit));
        return suffix.ToString();
    }
}

internal enum MetricType : byte
{
    Counter,
    Gauge,
    Histogram,
}
