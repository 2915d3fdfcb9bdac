namespace RealtimeInsight.Host;

/// <summary>How a run of the host ended: the first failure, or none.</summary>
internal sealed class HostOutcome
{
    private volatile string? _problem;

    /// <summary>Null while nothing failed.</summary>
    public string? Problem => _problem;

    public void Fail(string problem) => _problem ??= problem;
}
