using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RealtimeInsight.Architecture.Tests;

public sealed partial class TelemetryTests
{
    [Fact]
    public void LogEvents_Ids_AreGivenAndUnique()
    {
        var events = SourceTrees.Nodes<AttributeSyntax>(SourceTrees.Source)
            .Where(found => found.Node.Name.ToString() is "LoggerMessage" or "LoggerMessageAttribute")
            .Select(found => (Where: SourceTrees.At(found.Path, found.Node), Id: EventId(found.Node)))
            .ToList();

        Rule.Holds(
            "A log event has an id of its own, a number in its attribute.",
            events.Where(found => found.Id is null).Select(found => found.Where)
                .Concat(events.Where(found => found.Id is not null)
                    .GroupBy(found => found.Id)
                    .Where(group => group.Count() > 1)
                    .SelectMany(group => group.Select(found => $"{found.Where}: id {group.Key} is used {group.Count()} times"))));
    }

    [Fact]
    public void Instruments_Names_FollowTheScheme()
    {
        Rule.Holds(
            "An instrument is named realtime_insight.<area>.<thing>, in a literal or a constant, and has a unit and a description.",
            SourceTrees.Nodes<InvocationExpressionSyntax>(SourceTrees.Source)
                .Where(found => Creates(found.Node))
                .SelectMany(found => InstrumentFaults(found.Node).Select(fault => $"{SourceTrees.At(found.Path, found.Node)}: {fault}")));
    }

    [Fact]
    public void Instruments_Names_AreUnique()
    {
        Rule.Holds(
            "One name, one instrument.",
            SourceTrees.Nodes<InvocationExpressionSyntax>(SourceTrees.Source)
                .Where(found => Creates(found.Node))
                .Select(found => (
                    Where: SourceTrees.At(found.Path, found.Node),
                    Names: SourceTrees.StringValues(Argument(found.Node, "name", 0)!)))
                .Where(found => found.Names.Count == 1)
                .GroupBy(found => found.Names[0])
                .Where(group => group.Count() > 1)
                .Select(group => $"{group.Key}: {string.Join(", ", group.Select(found => found.Where))}"));
    }

    private static bool Creates(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax member && CreateInstrument().IsMatch(member.Name.Identifier.Text)
        && Argument(call, "name", 0) is not null;

    private static IEnumerable<string> InstrumentFaults(InvocationExpressionSyntax call)
    {
        var method = ((MemberAccessExpressionSyntax)call.Expression).Name.Identifier.Text;
        var observable = method.StartsWith("CreateObservable", StringComparison.Ordinal);
        var names = SourceTrees.StringValues(Argument(call, "name", 0)!);
        if (names.Count == 0) yield return "its name is neither a literal nor a constant";
        foreach (var name in names.Where(name => !InstrumentName().IsMatch(name))) yield return $"'{name}'";
        if (IsMissing(Argument(call, "unit", observable ? 2 : 1))) yield return "no unit";
        if (IsMissing(Argument(call, "description", observable ? 3 : 2))) yield return "no description";
    }

    private static bool IsMissing(ExpressionSyntax? argument) =>
        argument is null || argument.ToString() is "null" or "\"\"" or "string.Empty";

    private static ExpressionSyntax? Argument(InvocationExpressionSyntax call, string name, int position)
    {
        var arguments = call.ArgumentList.Arguments;
        var named = arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.Text == name);
        if (named is not null) return named.Expression;
        return position < arguments.Count && arguments[position].NameColon is null ? arguments[position].Expression : null;
    }

    private static int? EventId(AttributeSyntax attribute)
    {
        var arguments = attribute.ArgumentList?.Arguments ?? default;
        var given = arguments.FirstOrDefault(argument =>
            argument.NameEquals?.Name.Identifier.Text == "EventId" || argument.NameColon?.Name.Identifier.Text == "eventId")
            ?? arguments.FirstOrDefault(argument => argument.NameEquals is null && argument.NameColon is null);
        return given?.Expression is LiteralExpressionSyntax { Token.Value: int id } ? id : null;
    }

    [GeneratedRegex("^Create(Observable)?(Counter|UpDownCounter|Gauge|Histogram)$")]
    private static partial Regex CreateInstrument();

    [GeneratedRegex(@"^realtime_insight(\.[a-z][a-z0-9_]*){2,}$")]
    private static partial Regex InstrumentName();
}
