namespace RealtimeInsight.Cli.Bench;

/// <summary>What came of one scenario of several.</summary>
/// <param name="Missing">What this machine lacks for it; null when nothing.</param>
/// <param name="Failure">Why it failed; null when it did not.</param>
internal sealed record BenchResult(IBenchScenario Scenario, BenchReport Report, string? Missing, string? Failure, TimeSpan Elapsed)
{
    public string? Problem => Missing ?? Failure;

    public bool IsComplete => Problem is null;
}
