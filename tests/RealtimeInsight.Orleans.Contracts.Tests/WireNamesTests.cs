using System.Text.RegularExpressions;

namespace RealtimeInsight.Orleans.Contracts.Tests;

/// <summary>
/// Aliases and member numbers are what two versions of the cluster know each other by: they are added to, never changed or reused.
/// </summary>
public sealed partial class WireNamesTests
{
    [Fact]
    public void Contracts_AliasesAndIds_AreTheGoldenOnes()
    {
        var golden = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "wire-names.txt"));

        Assert.Equal(golden, WireNames());
    }

    [Fact]
    public void Contracts_Aliases_AreUniqueInTheirScope()
    {
        var repeated = WireNames().GroupBy(static name => name).Where(static group => group.Count() > 1).Select(static group => group.Key);

        Assert.Empty(repeated);
    }

    [Fact]
    public void Contracts_SerializedTypes_AllHaveAnAlias()
    {
        var without = Sources()
            .SelectMany(static source => AttributeLine().Matches(source.Text).Select(match => (source.Name, match.Value)))
            .Where(static line => line.Value.Contains("GenerateSerializer", StringComparison.Ordinal))
            .Where(static line => !line.Value.Contains("Alias(", StringComparison.Ordinal));

        Assert.Empty(without);
    }

    /// <summary>"alias" for a type, "alias/method" for a method, "alias#number member" for a member; in order.</summary>
    private static List<string> WireNames()
    {
        var names = new List<string>();
        foreach (var (_, text) in Sources())
        {
            var type = "";
            foreach (Match match in WireName().Matches(text))
            {
                if (match.Groups["id"].Success) names.Add($"{type}#{match.Groups["id"].Value} {match.Groups["member"].Value}");
                else if (match.Groups["alias"].Value is var alias && IsType(alias)) names.Add(type = alias);
                else names.Add($"{type}/{match.Groups["alias"].Value}");
            }
        }

        return [.. names.Order(StringComparer.Ordinal)];
    }

    private static bool IsType(string alias) => alias.StartsWith("ri.", StringComparison.Ordinal);

    private static IEnumerable<(string Name, string Text)> Sources() => Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "contracts"), "*.cs", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(static path => (Path.GetFileName(path), File.ReadAllText(path)));

    [GeneratedRegex(
        """Alias\("(?<alias>[^"]+)"\)|"""
        + """\[(property: )?Id\((?<id>\d+)\)\]\s+(public )?(required )?[\w<>\[\], ]+?\??\s(?<member>\w+)\s*(?=[{;=,)])""")]
    private static partial Regex WireName();

    [GeneratedRegex(@"^\s*\[[A-Z].*\]\s*$", RegexOptions.Multiline)]
    private static partial Regex AttributeLine();
}
