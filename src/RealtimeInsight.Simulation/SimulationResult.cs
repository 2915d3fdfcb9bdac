namespace RealtimeInsight.Simulation;

/// <summary>What came of one simulation.</summary>
/// <param name="Events">Events that the engine took in, each counted once; with 0 nothing was checked.</param>
/// <param name="Sent">Events sent, resends included.</param>
/// <param name="Decisions">Actions decided.</param>
/// <param name="Deliveries">Requests that the receivers took, repetitions included.</param>
/// <param name="Crashes">Times that the process died.</param>
/// <param name="Faults">Faults that happened, crashes included.</param>
/// <param name="Steps">Steps of the engine's work.</param>
/// <param name="Digest">Over all steps and everything committed: two runs of one seed have the same.</param>
/// <param name="Violations">Broken invariants, in order; empty when all held.</param>
/// <param name="Story">What was sent and what went wrong, in order.</param>
public sealed record SimulationResult(
    SimulationOptions Options,
    long Events,
    long Sent,
    long Decisions,
    long Deliveries,
    int Crashes,
    int Faults,
    long Steps,
    string Digest,
    IReadOnlyList<Violation> Violations,
    IReadOnlyList<string> Story);

/// <summary>A broken invariant.</summary>
/// <param name="Invariant">Its name, of a closed set.</param>
public sealed record Violation(string Invariant, string Detail);
