namespace RealtimeInsight.Host.Retraining;

/// <summary>How far a retraining is.</summary>
public enum RetrainPhase
{
    /// <summary>Nothing is under way.</summary>
    Idle,

    /// <summary>The trainer runs.</summary>
    Training,

    /// <summary>The new version scores beside the champion, and is compared.</summary>
    Shadowing,

    /// <summary>It has proved better and waits for somebody to promote or reject it; it goes on as a shadow.</summary>
    Proposed,
}

/// <summary>Where the retraining stands; kept over a restart.</summary>
public sealed record RetrainState
{
    /// <summary>Results that are remembered.</summary>
    public const int ResultsMax = 10;

    public RetrainPhase Phase { get; init; }

    /// <summary>The version that is trained or compared; null while idle.</summary>
    public string? Version { get; init; }

    /// <summary>Why it is trained; null while idle.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when it is in this phase; a proposal counts from the begin of its shadowing.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When the last training began, or when the engine first kept this.</summary>
    public DateTimeOffset LastTraining { get; init; }

    /// <summary>How it stands against the champion, in words; null before the first outcomes.</summary>
    public string? Comparison { get; init; }

    /// <summary>What became of earlier ones, the newest first, at most <see cref="ResultsMax"/>.</summary>
    public IReadOnlyList<RetrainResult> Results { get; init; } = [];

    /// <summary>Idle again, with what became of it.</summary>
    public RetrainState Ended(DateTimeOffset at, string result) => new()
    {
        Since = at,
        LastTraining = LastTraining,
        Results = [new RetrainResult(at, Version, Reason, result), .. Results.Take(ResultsMax - 1)],
    };
}

/// <summary>What became of one retraining.</summary>
public sealed record RetrainResult(DateTimeOffset At, string? Version, string? Reason, string Result);
