using System.Globalization;
using System.Net;
using System.Text;

namespace RealtimeInsight.Cli.Bench.Report;

/// <summary>Plots as inline SVG, drawn from the figures: nothing is loaded from anywhere.</summary>
internal static class SvgPlot
{
    private static readonly string[] s_colours = ["#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2", "#be185d", "#4d7c0f"];

    /// <summary>Lowest to highest of a figure's runs with its median, from zero to the highest.</summary>
    public static string Spread(BenchFigure figure)
    {
        const int Width = 140;
        if (figure.Runs < 2 || !double.IsFinite(figure.Max) || figure.Max <= 0 || figure.Min < 0) return "";
        string At(double value) => Number(4 + (value / figure.Max * (Width - 8)));
        return $"<svg width=\"{Width}\" height=\"14\" role=\"img\" aria-label=\"spread\">"
            + $"<line x1=\"4\" y1=\"7\" x2=\"{Width - 4}\" y2=\"7\" class=\"axis\"/>"
            + $"<line x1=\"{At(figure.Min)}\" y1=\"7\" x2=\"{At(figure.Max)}\" y2=\"7\" class=\"range\"/>"
            + $"<circle cx=\"{At(figure.Median)}\" cy=\"7\" r=\"4\"/></svg>";
    }

    /// <summary>Horizontal bars from zero, each with its value and, where it has one, the range of its runs.</summary>
    public static string Bars(IReadOnlyList<(string Name, BenchFigure Figure)> rows)
    {
        const int Row = 26, Left = 250, Bar = 420;
        var most = rows.Max(static row => row.Figure.Max);
        if (!(most > 0)) return "";
        var text = new StringBuilder($"<svg width=\"{Left + Bar + 110}\" height=\"{rows.Count * Row}\" role=\"img\">");
        for (var i = 0; i < rows.Count; i++)
        {
            var (name, figure) = rows[i];
            var y = i * Row;
            string At(double value) => Number(Left + (Math.Max(0, value) / most * Bar));
            text.Append($"<text x=\"{Left - 8}\" y=\"{y + 17}\" text-anchor=\"end\">{Text(name)}</text>")
                .Append($"<rect x=\"{Left}\" y=\"{y + 4}\" height=\"{Row - 8}\"")
                .Append($" width=\"{Number(Math.Max(1, figure.Median / most * Bar))}\"")
                .Append($" fill=\"{s_colours[0]}\" opacity=\"0.75\"/>");
            if (figure.Runs > 1)
            {
                text.Append($"<line x1=\"{At(figure.Min)}\" y1=\"{y + 13}\" x2=\"{At(figure.Max)}\" y2=\"{y + 13}\" class=\"range\"/>");
            }

            text.Append($"<text x=\"{At(figure.Max).TrimEnd()}\" dx=\"6\" y=\"{y + 17}\">{Text(BenchContext.Short(figure.Median))}</text>");
        }

        return text.Append("</svg>").ToString();
    }

    /// <summary>
    /// One column of a table over another, x on a logarithmic axis where it spans a lot; where the first column repeats, each of its values
    /// is a line of its own.
    /// </summary>
    public static string Lines(BenchTable table, int x, int y, bool hasSeries)
    {
        const int Width = 340, Height = 220, Left = 66, Bottom = 34, Top = 22;
        var points = table.Rows.Where(row => double.IsFinite(row[x]) && double.IsFinite(row[y])).ToArray();
        if (points.Length < 2) return "";
        var (from, to) = (points.Min(row => row[x]), points.Max(row => row[x]));
        var most = points.Max(row => row[y]);
        if (!(to > from) || !(most > 0)) return "";
        var isLog = from > 0 && to / from >= 20;
        double X(double value) => Left + (Share(value, from, to, isLog) * (Width - Left - 14));
        double Y(double value) => Height - Bottom - (Math.Max(0, value) / most * (Height - Bottom - Top));
        var text = new StringBuilder($"<svg width=\"{Width}\" height=\"{Height}\" role=\"img\">")
            .Append($"<text x=\"{Left}\" y=\"13\" class=\"title\">{Text(table.Columns[y])}</text>")
            .Append($"<line x1=\"{Left}\" y1=\"{Height - Bottom}\" x2=\"{Width - 8}\" y2=\"{Height - Bottom}\" class=\"axis\"/>")
            .Append($"<line x1=\"{Left}\" y1=\"{Top}\" x2=\"{Left}\" y2=\"{Height - Bottom}\" class=\"axis\"/>")
            .Append($"<text x=\"{Left - 6}\" y=\"{Top + 5}\" text-anchor=\"end\">{Text(BenchContext.Short(most))}</text>")
            .Append($"<text x=\"{Left - 6}\" y=\"{Height - Bottom}\" text-anchor=\"end\">0</text>")
            .Append($"<text x=\"{Left}\" y=\"{Height - 16}\">{Text(BenchContext.Short(from))}</text>")
            .Append($"<text x=\"{Width - 8}\" y=\"{Height - 16}\" text-anchor=\"end\">{Text(BenchContext.Short(to))}</text>")
            .Append($"<text x=\"{(Left + Width) / 2}\" y=\"{Height - 3}\" text-anchor=\"middle\">{Text(table.Columns[x])}")
            .Append(isLog ? " (logarithmic)</text>" : "</text>");
        var number = 0;
        foreach (var line in points.GroupBy(row => hasSeries ? row[0] : 0))
        {
            var colour = s_colours[number % s_colours.Length];
            var drawn = line.OrderBy(row => row[x]).Select(row => (X: X(row[x]), Y: Y(row[y]), Value: row[y])).ToArray();
            var path = string.Join(' ', drawn.Select(static point => $"{Number(point.X)},{Number(point.Y)}"));
            text.Append($"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
            foreach (var point in drawn)
            {
                text.Append($"<circle cx=\"{Number(point.X)}\" cy=\"{Number(point.Y)}\" r=\"3\" style=\"fill:{colour}\">")
                    .Append($"<title>{Text(BenchContext.Short(point.Value))}</title></circle>");
            }

            if (hasSeries)
            {
                text.Append($"<text x=\"{Width - 10}\" y=\"{Top + 6 + (number * 15)}\" text-anchor=\"end\" style=\"fill:{colour}\">")
                    .Append($"{Text(table.Columns[0])} {Text(BenchContext.Short(line.Key))}</text>");
            }

            number++;
        }

        return text.Append("</svg>").ToString();
    }

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    private static double Share(double value, double from, double to, bool isLog) =>
        isLog ? Math.Log(value / from) / Math.Log(to / from) : (value - from) / (to - from);

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
