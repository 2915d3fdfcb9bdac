using System.CommandLine;

namespace RealtimeInsight.Cli;

/// <summary>One verb of the command line: a command with the examples that its help ends with.</summary>
/// <param name="examples">Complete command lines, as a user would type them.</param>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}
