using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RealtimeInsight.Architecture.Tests;

public sealed partial class SourceRuleTests
{
    private static readonly string[] Unfinished = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "NotImplemented" + "Exception", "XX" + "X"];

    /// <summary>Projects whose public members speak in types; Host and Cli parse strings at the edge.</summary>
    private static readonly string[] TypedProjects = ["Domain", "Inference", "Inference.Onnx", "Engine", "Storage.Sqlite"];

    [Fact]
    public void Types_Names_SayWhatTheyAre()
    {
        Rule.Holds(
            "A type is named for what it is, not Utils, Helper or Manager.",
            from found in SourceTrees.Types(SourceTrees.Source.Concat(SourceTrees.Tests))
            where VagueName().IsMatch(found.Node.Identifier.Text)
            select $"{SourceTrees.At(found.Path, found.Node)}: {found.Node.Identifier.Text}");
    }

    [Fact]
    public void Channels_AreBounded()
    {
        Rule.Holds(
            "Every queue has a limit: use Channel.CreateBounded with a capacity from options.",
            from found in SourceTrees.Nodes<SimpleNameSyntax>(SourceTrees.Source)
            where found.Node.Identifier.Text is "CreateUnbounded" or "CreateUnboundedPrioritized"
            select SourceTrees.At(found.Path, found.Node));
    }

    [Fact]
    public void Code_IsFinished()
    {
        Rule.Holds(
            "Nothing unfinished is kept: finish it, or take it out.",
            from path in RepositoryFiles.Text
            where path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal)
                || path.StartsWith("infra/", StringComparison.Ordinal) || path is "insight"
            where !path.EndsWith("package-lock.json", StringComparison.Ordinal) && !path.Contains("/vendor/", StringComparison.Ordinal)
            from line in RepositoryFiles.Lines(path).Select((text, index) => (text, Number: index + 1))
            from word in Unfinished
            where Regex.IsMatch(line.text, $@"\b{word}\b")
            select $"{path}:{line.Number}: {word}");
    }

    [Fact]
    public void Catch_NeverSwallows()
    {
        Rule.Holds(
            "An exception is handled, counted or passed on; an empty catch says why in a comment.",
            from found in SourceTrees.Nodes<CatchClauseSyntax>(SourceTrees.Source)
            where found.Node.Block.Statements.Count == 0
                && !found.Node.Block.DescendantTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia))
            select SourceTrees.At(found.Path, found.Node));
    }

    [Fact]
    public void Pragmas_ThatDisableARule_SayWhy()
    {
        Rule.Holds(
            "A #pragma warning disable has its reason on the same line.",
            from tree in SourceTrees.Source.Concat(SourceTrees.Tests)
            from trivia in tree.Root.DescendantTrivia(descendIntoTrivia: true)
            where trivia.GetStructure() is PragmaWarningDirectiveTriviaSyntax pragma
                && pragma.DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword)
                && !pragma.ToFullString().Contains("//", StringComparison.Ordinal)
            select $"{tree.Path}:{trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1}");
    }

    [Fact]
    public void CustomerId_InSignatures_IsAType()
    {
        Rule.Holds(
            "An identifier is a type, so that arguments cannot be swapped: CustomerId, not string.",
            from found in SourceTrees.Nodes<ParameterSyntax>(SourceTrees.Source)
            where TypedProjects.Any(project => found.Path.StartsWith($"src/{ReferenceTable.Prefix}{project}/", StringComparison.Ordinal))
            where found.Node.Parent?.Parent is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax
            where found.Node.Identifier.Text.Equals("customerId", StringComparison.OrdinalIgnoreCase)
                && found.Node.Type?.ToString() is "string" or "string?"
            select SourceTrees.At(found.Path, found.Node));
    }

    [Fact]
    public void Options_EachHave_AValidator()
    {
        var validated = SourceTrees.Nodes<GenericNameSyntax>(SourceTrees.Source)
            .Where(found => found.Node.Identifier.Text == "IValidateOptions")
            .Select(found => found.Node.TypeArgumentList.Arguments[0].ToString())
            .ToHashSet();

        Rule.Holds(
            "A bad setting stops the start: every ...Options has an IValidateOptions<T> or a Validate method of its own.",
            from found in SourceTrees.Nodes<TypeDeclarationSyntax>(SourceTrees.Source)
            let name = found.Node.Identifier.Text
            where name.EndsWith("Options", StringComparison.Ordinal) && found.Node is ClassDeclarationSyntax or RecordDeclarationSyntax
            where !validated.Contains(name)
                && !found.Node.Members.OfType<MethodDeclarationSyntax>().Any(method => method.Identifier.Text == "Validate")
            select $"{SourceTrees.At(found.Path, found.Node)}: {name}");
    }

    [GeneratedRegex("(Utils?|Utilities|Helpers?|Manager)[0-9]*$")]
    private static partial Regex VagueName();
}
