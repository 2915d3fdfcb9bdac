using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RealtimeInsight.Architecture.Tests;

/// <summary>What dashboards and alerts ask for is what the code measures.</summary>
public sealed partial class MonitoringTests
{
    private static readonly string[] s_units = ["", "_seconds", "_bytes", "_ratio"];
    private static readonly string[] s_endings = ["", "_total", "_bucket", "_sum", "_count"];

    [Fact]
    public void DashboardsAndAlerts_Metrics_AreMeasured()
    {
        // Every form that an exporter gives an instrument's name.
        var instruments = SourceTrees.Nodes<InvocationExpressionSyntax>(SourceTrees.Source)
            .Where(found => found.Node.Expression is MemberAccessExpressionSyntax member
                && member.Name.Identifier.Text.StartsWith("Create", StringComparison.Ordinal)
                && found.Node.ArgumentList.Arguments.Count > 1)
            .SelectMany(found => SourceTrees.StringValues(found.Node.ArgumentList.Arguments[0].Expression))
            .Where(name => name.StartsWith("realtime_insight.", StringComparison.Ordinal))
            .SelectMany(name => s_units.SelectMany(unit => s_endings.Select(end => name.Replace('.', '_') + unit + end)))
            .ToHashSet(StringComparer.Ordinal);

        Rule.Holds(
            "A metric in infra/grafana and infra/prometheus is one of the instruments.",
            RepositoryFiles.Text
                .Where(path => path.StartsWith("infra/grafana/", StringComparison.Ordinal)
                    || path.StartsWith("infra/prometheus/", StringComparison.Ordinal))
                .SelectMany(path => Metric().Matches(RepositoryFiles.Read(path)).Select(match => (path, match.Value)))
                .Where(found => !instruments.Contains(found.Value))
                .Select(found => $"{found.path}: {found.Value}"));
    }

    [Fact]
    public void Dashboards_Panels_HaveTitlesQueriesAndPlacesOfTheirOwn()
    {
        var dashboards = RepositoryFiles.Text
            .Where(path => path.StartsWith("infra/grafana/dashboards/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(dashboards);
        Rule.Holds("A panel has a title, a query and a place that no other panel has.", dashboards.SelectMany(Faults));
    }

    private static IEnumerable<string> Faults(string path)
    {
        using var document = JsonDocument.Parse(RepositoryFiles.Read(path));
        var places = new HashSet<(int X, int Y)>();
        foreach (var panel in document.RootElement.GetProperty("panels").EnumerateArray())
        {
            var title = panel.GetProperty("title").GetString();
            var grid = panel.GetProperty("gridPos");
            if (string.IsNullOrEmpty(title)) yield return $"{path}: a panel without a title";
            var place = (grid.GetProperty("x").GetInt32(), grid.GetProperty("y").GetInt32());
            if (!places.Add(place)) yield return $"{path}: {title} lies on another";
            if (panel.GetProperty("type").GetString() == "row") continue;
            var queries = panel.GetProperty("targets").EnumerateArray()
                .Select(target => target.GetProperty("expr").GetString()).ToList();
            if (queries.Count == 0 || queries.Any(string.IsNullOrWhiteSpace)) yield return $"{path}: {title} asks nothing";
        }
    }

    [GeneratedRegex(@"\brealtime_insight_[a-z_]+")]
    private static partial Regex Metric();
}
