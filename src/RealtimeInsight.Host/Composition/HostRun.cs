namespace RealtimeInsight.Host;

/// <summary>A host that is built and not started yet.</summary>
/// <param name="SettingsLines">What is printed of the settings.</param>
internal sealed record HostRun(HostSettings Settings, InsightHost Host, IReadOnlyList<string> SettingsLines)
{
    /// <summary>
    /// What to tell of a failed start: what, which value, which rule, what to do; null where that is not known. None by default.
    /// </summary>
    public Func<Exception, string?>? Explain { get; init; }
}
