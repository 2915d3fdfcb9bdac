namespace RealtimeInsight.Domain.Decisions;

/// <summary>A policy file breaks a rule; the message names the place, the value, the rule and the cure.</summary>
public sealed class PolicyException(string path, string problem) : Exception($"policy: {path}: {problem}")
{
    /// <summary>Where in the document, e.g. <c>rules[2].when[0]</c>.</summary>
    public string Path { get; } = path;
}
