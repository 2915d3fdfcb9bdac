using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RealtimeInsight.Architecture.Tests;

/// <summary>Readable on one screen: limits on files, lines and methods. A limit moves down, never up.</summary>
public sealed class SizeTests
{
    private const int SourceFileLinesMax = 400;
    private const int TestFileLinesMax = 600;
    private const int LineLengthMax = 140;
    private const int MethodLinesMax = 70;

    private static readonly string[] CodeExtensions = [".cs", ".py", ".js", ".mjs", ".css", ".html", ".sh", ".awk"];

    private static IEnumerable<string> CodeFiles => RepositoryFiles.All
        .Where(path => CodeExtensions.Contains(Path.GetExtension(path)) || path is "insight" or ".ci/run")
        .Where(path => !path.Contains("/vendor/", StringComparison.Ordinal));

    [Fact]
    public void Files_Lines_StayWithinTheLimit()
    {
        Rule.Holds(
            $"A file has at most {SourceFileLinesMax} lines, a test file {TestFileLinesMax}: split it by what it is about.",
            from path in CodeFiles
            let limit = path.StartsWith("tests/", StringComparison.Ordinal) ? TestFileLinesMax : SourceFileLinesMax
            let lines = RepositoryFiles.Lines(path).Length
            where lines > limit
            select $"{path}: {lines} lines");
    }

    [Fact]
    public void Lines_Length_StaysWithinTheLimit()
    {
        Rule.Holds(
            $"A line has at most {LineLengthMax} characters.",
            from path in CodeFiles
            from line in RepositoryFiles.Lines(path).Select((text, index) => (text.Length, Number: index + 1))
            where line.Length > LineLengthMax
            select $"{path}:{line.Number}: {line.Length} characters");
    }

    [Fact]
    public void Methods_Lines_StayWithinTheLimit()
    {
        Rule.Holds(
            $"A method has at most {MethodLinesMax} lines: let it decide, and let small functions compute.",
            from found in SourceTrees.Nodes<SyntaxNode>(SourceTrees.Source.Concat(SourceTrees.Tests))
            where found.Node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
            let lines = SourceTrees.LineCount(found.Node)
            where lines > MethodLinesMax
            select $"{SourceTrees.At(found.Path, found.Node)}: {lines} lines");
    }
}
