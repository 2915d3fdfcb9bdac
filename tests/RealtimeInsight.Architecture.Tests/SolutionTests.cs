using System.Text.RegularExpressions;

namespace RealtimeInsight.Architecture.Tests;

public sealed partial class SolutionTests
{
    [Fact]
    public void Solution_Projects_AreExactlyThoseOnDisk()
    {
        var inSolution = SolutionProject().Matches(RepositoryFiles.Read("RealtimeInsight.sln"))
            .Select(match => match.Groups[1].Value.Replace('\\', '/'));
        var onDisk = RepositoryFiles.All
            .Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(path => path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal));

        Assert.Equal(onDisk.Order(StringComparer.Ordinal), inSolution.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void SourceProjects_EachHave_ATestProject()
    {
        Rule.Holds(
            "Every source project has a test project of its name.",
            ReferenceTable.Allowed.Keys
                .Select(name => $"tests/{ReferenceTable.Prefix}{name}.Tests/{ReferenceTable.Prefix}{name}.Tests.csproj")
                .Where(path => !File.Exists(RepositoryFiles.Full(path))));
    }

    [Fact]
    public void TestProjects_EachHave_ATest()
    {
        Rule.Holds(
            "Every test project has tests: an empty one looks green and checks nothing.",
            RepositoryFiles.All
                .Where(path => path.StartsWith("tests/", StringComparison.Ordinal))
                .Where(path => path.EndsWith(".Tests.csproj", StringComparison.Ordinal))
                .Select(path => path[..path.LastIndexOf('/')])
                .Where(folder => !SourceTrees.Tests.Any(tree =>
                    tree.Path.StartsWith(folder + "/", StringComparison.Ordinal) && TestAttribute().IsMatch(tree.Root.ToString()))));
    }

    [Fact]
    public void GeneratedPackagesProps_Git_IgnoresIt()
    {
        const string path = "infra/build/packages.props";
        var checkedByGit = RepositoryFiles.Git("check-ignore", "--quiet", path);
        if (checkedByGit is { } answer)
        {
            Assert.True(answer.ExitCode == 0, $"{path} is what one machine answered: git has to ignore it.");
        }
        else
        {
            Assert.Contains("/" + path, RepositoryFiles.Lines(".gitignore"));
        }
    }

    [Fact]
    public void EntryScripts_AreExecutable()
    {
        var modes = RepositoryFiles.Git("ls-files", "--stage", "insight", ".ci/run");
        if (modes is null) return;
        Assert.Equal(2, modes.Value.Output.Split('\n').Count(line => line.StartsWith("100755 ", StringComparison.Ordinal)));
    }

    [GeneratedRegex("""^Project\(.*?"([^"]+\.csproj)""", RegexOptions.Multiline)]
    private static partial Regex SolutionProject();

    [GeneratedRegex(@"\[\w*(Fact|Theory)\b")]
    private static partial Regex TestAttribute();
}
