using System.Globalization;
using System.Net;
using System.Text;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Cli.Models.Report;

/// <summary>Plots as inline SVG: nothing is loaded from anywhere.</summary>
internal static class ModelPlots
{
    /// <summary>Rate over probability of groups of scores, with the diagonal that calibrated scores lie on.</summary>
    public static string Reliability(string title, IReadOnlyList<ReliabilityGroup> groups)
    {
        const int Size = 240, Margin = 34;
        var most = Math.Min(1, 1.1 * groups.Max(static group => Math.Max(group.MeanScore, group.Rate)) + 0.01);
        string X(double value) => Number(Margin + (value / most * (Size - Margin - 10)));
        string Y(double value) => Number(Size - Margin - (value / most * (Size - Margin - 24)));
        var text = new StringBuilder($"<svg width=\"{Size}\" height=\"{Size}\" role=\"img\" aria-label=\"{Text(title)}\">")
            .Append($"<text x=\"{Margin}\" y=\"13\" class=\"title\">{Text(title)}</text>")
            .Append($"<line class=\"axis\" x1=\"{X(0)}\" y1=\"{Y(0)}\" x2=\"{X(most)}\" y2=\"{Y(0)}\"/>")
            .Append($"<line class=\"axis\" x1=\"{X(0)}\" y1=\"{Y(0)}\" x2=\"{X(0)}\" y2=\"{Y(most)}\"/>")
            .Append($"<line class=\"diagonal\" x1=\"{X(0)}\" y1=\"{Y(0)}\" x2=\"{X(most)}\" y2=\"{Y(most)}\"/>")
            .Append($"<text x=\"{Size / 2}\" y=\"{Size - 4}\" text-anchor=\"middle\">probability, up to {Figure(most)}</text>")
            .Append($"<text x=\"12\" y=\"{Size / 2}\" transform=\"rotate(-90 12 {Size / 2})\" text-anchor=\"middle\">what happened</text>");
        var line = string.Join(' ', groups.Select(group => $"{X(group.MeanScore)},{Y(group.Rate)}"));
        text.Append($"<polyline points=\"{line}\" class=\"line\"/>");
        foreach (var group in groups)
        {
            text.Append($"<circle cx=\"{X(group.MeanScore)}\" cy=\"{Y(group.Rate)}\" r=\"3.5\">")
                .Append($"<title>{group.Count} scores of {Figure(group.MeanScore)}: {Figure(group.Rate)} happened</title></circle>");
        }

        return text.Append("</svg>").ToString();
    }

    /// <summary>Horizontal bars from zero; those above the mark stand out.</summary>
    /// <param name="mark">Where a line is drawn; null for none.</param>
    public static string Bars(string title, IReadOnlyList<(string Name, double Value, string Note)> rows, double? mark = null)
    {
        const int Row = 22, Left = 190, Bar = 360, Top = 22;
        if (rows.Count == 0) return "";
        var most = Math.Max(rows.Max(static row => row.Value), (mark ?? 0) * 1.05);
        if (!(most > 0)) most = 1;
        var height = Top + (rows.Count * Row) + 4;
        var text = new StringBuilder($"<svg width=\"{Left + Bar + 170}\" height=\"{height}\" role=\"img\" aria-label=\"{Text(title)}\">")
            .Append($"<text x=\"0\" y=\"13\" class=\"title\">{Text(title)}</text>");
        for (var i = 0; i < rows.Count; i++)
        {
            var (name, value, note) = rows[i];
            var (y, width) = (Top + (i * Row), Math.Max(1, Math.Max(0, value) / most * Bar));
            text.Append($"<text x=\"{Left - 8}\" y=\"{y + 15}\" text-anchor=\"end\">{Text(name)}</text>")
                .Append($"<rect x=\"{Left}\" y=\"{y + 3}\" height=\"{Row - 6}\" width=\"{Number(width)}\"")
                .Append(value > mark ? " class=\"far\"/>" : "/>")
                .Append($"<text x=\"{Number(Left + width + 6)}\" y=\"{y + 15}\">{Text($"{Figure(value)} {note}".TrimEnd())}</text>");
        }

        if (mark is { } at)
        {
            var x = Number(Left + (at / most * Bar));
            text.Append($"<line class=\"diagonal\" x1=\"{x}\" y1=\"{Top}\" x2=\"{x}\" y2=\"{height}\"/>");
        }

        return text.Append("</svg>").ToString();
    }

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Three decimals, or a dash.</summary>
    public static string Figure(double? value) => value is { } known && double.IsFinite(known)
        ? known.ToString("0.000", CultureInfo.InvariantCulture) : "–";

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
