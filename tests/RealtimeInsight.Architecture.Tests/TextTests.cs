using System.Text.RegularExpressions;

namespace RealtimeInsight.Architecture.Tests;

public sealed partial class TextTests
{
    private static readonly string[] RegistryHosts =
        ["api.nuget" + ".org", "registry.npmjs" + ".org", "deb.debian" + ".org", "pypi" + ".org", "files.pythonhosted" + ".org"];

    [Fact]
    public void Readme_Exists()
    {
        Assert.True(File.Exists(RepositoryFiles.Full("README.md")), "README.md is what a new user reads first.");
    }

    [Fact]
    public void Documents_Commands_UseExistingVerbs()
    {
        var verbs = ListedVerbs();

        Rule.Holds(
            $"A command in a document runs as written; the verbs are {string.Join(", ", verbs)}.",
            from path in RepositoryFiles.All
            where path.EndsWith(".md", StringComparison.Ordinal)
            from command in UsedVerb().Matches(RepositoryFiles.Read(path))
            where !verbs.Contains(command.Groups[1].Value)
            select $"{path}: {command.Value}");
    }

    [Fact]
    public void EntryScript_Help_ListsTheProgramsVerbsAndItsOwn()
    {
        var program = Cli.Program.Verbs(new Cli.CliConsole(TextWriter.Null, TextWriter.Null, null, TimeProvider.System));

        Assert.Equal(
            program.Select(verb => verb.Name).Concat(["test", "build", "setup", "help"]).Order(StringComparer.Ordinal),
            ListedVerbs().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Files_NameNoMachineAndNoRegistry()
    {
        Rule.Holds(
            "The repository works anywhere: no path of one machine, no registry's host name.",
            from path in RepositoryFiles.Text
            from line in RepositoryFiles.Lines(path).Select((text, index) => (text, Number: index + 1))
            where MachinePath().IsMatch(line.text)
                || RegistryHosts.Any(host => line.text.Contains(host, StringComparison.OrdinalIgnoreCase))
            select $"{path}:{line.Number}: {line.text.Trim()[..Math.Min(80, line.text.Trim().Length)]}");
    }

    [Fact]
    public void Documents_RelativeLinks_LeadSomewhere()
    {
        Rule.Holds(
            "A link in a document leads to a file of the repository.",
            from path in RepositoryFiles.All
            where path.EndsWith(".md", StringComparison.Ordinal)
            from link in RelativeLink().Matches(RepositoryFiles.Read(path))
            let target = Path.Combine(Path.GetDirectoryName(RepositoryFiles.Full(path))!, link.Groups[1].Value)
            where !File.Exists(target) && !Directory.Exists(target)
            select $"{path}: {link.Groups[1].Value}");
    }

    private static List<string> ListedVerbs()
    {
        var help = RepositoryFiles.Read("insight").Split("HELP")[1];
        return [.. ListedVerb().Matches(help).Select(match => match.Groups[1].Value)];
    }

    [GeneratedRegex(@"^  ([a-z][a-z-]*)  +\S", RegexOptions.Multiline)]
    private static partial Regex ListedVerb();

    [GeneratedRegex(@"\./insight ([a-z][a-z-]*)")]
    private static partial Regex UsedVerb();

    [GeneratedRegex(@"(^|[^A-Za-z0-9._/-])/(work|farm|root|tmp|home)/[A-Za-z.]")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\]\((?![a-z]+:|#)([^)#\s]+)")]
    private static partial Regex RelativeLink();
}
