using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace RealtimeInsight.Architecture.Tests;

public sealed class ReferenceTests
{
    public static TheoryData<string> Projects => [.. ReferenceTable.Allowed.Keys];

    [Fact]
    public void Table_NamesEverySourceProjectAndNoOther()
    {
        var onDisk = RepositoryFiles.All
            .Where(path => path.StartsWith("src/", StringComparison.Ordinal) && path.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(path => Path.GetFileNameWithoutExtension(path)[ReferenceTable.Prefix.Length..]);

        Assert.Equal(ReferenceTable.Allowed.Keys.Order(), onDisk.Order());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectFile_References_OnlyWhatTheTableAllows(string project)
    {
        var references = Items(project, "ProjectReference")
            .Select(include => Path.GetFileNameWithoutExtension(include.Replace('\\', '/')))
            .Where(name => name.StartsWith(ReferenceTable.Prefix, StringComparison.Ordinal))
            .Select(name => name[ReferenceTable.Prefix.Length..]);

        Rule.Holds(
            $"{project} may reference {Names(ReferenceTable.Closure(project))}.",
            references.Where(name => !ReferenceTable.Closure(project).Contains(name)));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_References_OnlyWhatTheTableAllows(string project)
    {
        var references = AssemblyReferences(project)
            .Where(name => name.StartsWith(ReferenceTable.Prefix, StringComparison.Ordinal))
            .Select(name => name[ReferenceTable.Prefix.Length..]);

        Rule.Holds(
            $"{project} may use {Names(ReferenceTable.Closure(project))}.",
            references.Where(name => !ReferenceTable.Closure(project).Contains(name)));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Packages_ThatBelongToAnotherProject_AreNotNamed(string project)
    {
        var names = AssemblyReferences(project).Concat(Items(project, "PackageReference"));

        Rule.Holds(
            "Some packages are named by one project alone; go through its port instead.",
            from name in names
            from owned in ReferenceTable.Owned
            where name == owned.Prefix || name.StartsWith(owned.Prefix + ".", StringComparison.Ordinal)
            where !owned.Owners.Contains(project)
            select $"{project} names {name}, which belongs to {Names(owned.Owners)}");
    }

    [Fact]
    public void Domain_References_NothingButTheRuntime()
    {
        Rule.Holds(
            "Domain is pure: no project, no package, only the runtime's own libraries.",
            Items("Domain", "PackageReference").Concat(Items("Domain", "ProjectReference")).Concat(Items("Domain", "FrameworkReference"))
                .Concat(AssemblyReferences("Domain").Where(name => !name.StartsWith("System.", StringComparison.Ordinal))));
    }

    [Fact]
    public void ProjectFiles_Packages_HaveNoVersionOfTheirOwn()
    {
        Rule.Holds(
            "Versions live in Directory.Packages.props.",
            RepositoryFiles.All
                .Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))
                .Where(path => XDocument.Parse(RepositoryFiles.Read(path)).Descendants("PackageReference")
                    .Any(item => item.Attribute("Version") is not null || item.Attribute("VersionOverride") is not null)));
    }

    private static IEnumerable<string> Items(string project, string item) =>
        XDocument.Parse(RepositoryFiles.Read(RepositoryFiles.All.Single(path =>
                path.StartsWith("src/", StringComparison.Ordinal)
                && path.EndsWith($"/{ReferenceTable.Prefix}{project}.csproj", StringComparison.Ordinal))))
            .Descendants(item)
            .Select(element => element.Attribute("Include")!.Value);

    private static List<string> AssemblyReferences(string project)
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{ReferenceTable.Prefix}{project}.dll"));
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    private static string Names(IEnumerable<string> names) => names.Any() ? string.Join(", ", names.Order()) : "nothing";
}
