using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RealtimeInsight.Architecture.Tests;

/// <summary>Syntax trees of the C# files under one folder, parsed once.</summary>
internal static class SourceTrees
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview);

    public static IReadOnlyList<SourceTree> Source { get; } = Parse("src/");

    public static IReadOnlyList<SourceTree> Tests { get; } = Parse("tests/");

    public static IEnumerable<(string Path, T Node)> Nodes<T>(IEnumerable<SourceTree> trees)
        where T : SyntaxNode =>
        trees.SelectMany(tree => tree.Root.DescendantNodes().OfType<T>().Select(node => (tree.Path, node)));

    public static IEnumerable<(string Path, BaseTypeDeclarationSyntax Node)> Types(IEnumerable<SourceTree> trees) =>
        Nodes<BaseTypeDeclarationSyntax>(trees);

    /// <summary>"path:line" of a node, for messages.</summary>
    public static string At(string path, SyntaxNode node) => $"{path}:{FirstLine(node)}";

    public static int FirstLine(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    public static int LineCount(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    /// <summary>Values of every string constant in the source, by name; a name may have several.</summary>
    public static ILookup<string, string> StringConstants { get; } =
        Nodes<FieldDeclarationSyntax>(Source)
            .Where(field => field.Node.Modifiers.Any(SyntaxKind.ConstKeyword))
            .SelectMany(field => field.Node.Declaration.Variables)
            .Where(variable => variable.Initializer?.Value is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression })
            .ToLookup(
                variable => variable.Identifier.Text,
                variable => ((LiteralExpressionSyntax)variable.Initializer!.Value).Token.ValueText);

    /// <summary>Values that a literal or the name of a constant may have; empty when it is neither.</summary>
    public static IReadOnlyList<string> StringValues(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.StringLiteralExpression) => [literal.Token.ValueText],
        IdentifierNameSyntax name => [.. StringConstants[name.Identifier.Text]],
        MemberAccessExpressionSyntax member => [.. StringConstants[member.Name.Identifier.Text]],
        BinaryExpressionSyntax sum when sum.IsKind(SyntaxKind.AddExpression) =>
            [.. StringValues(sum.Left).SelectMany(_ => StringValues(sum.Right), (left, right) => left + right)],
        InterpolatedStringExpressionSyntax text => Interpolated(text),
        _ => [],
    };

    private static List<string> Interpolated(InterpolatedStringExpressionSyntax text)
    {
        List<string> values = [""];
        foreach (var part in text.Contents)
        {
            IReadOnlyList<string> next = part switch
            {
                InterpolatedStringTextSyntax plain => [plain.TextToken.ValueText],
                InterpolationSyntax hole => StringValues(hole.Expression),
                _ => [],
            };
            values = [.. values.SelectMany(_ => next, (left, right) => left + right)];
        }

        return values;
    }

    private static List<SourceTree> Parse(string folder) =>
    [
        .. RepositoryFiles.All
            .Where(path => path.StartsWith(folder, StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal))
            .Select(path => new SourceTree(path, CSharpSyntaxTree.ParseText(RepositoryFiles.Read(path), Options).GetRoot())),
    ];
}

/// <param name="Path">Relative to the repository root.</param>
internal sealed record SourceTree(string Path, SyntaxNode Root);
