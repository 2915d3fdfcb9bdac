using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference;

/// <summary>One row for the micro-batcher; the spans' lengths are those of <see cref="ModelContract"/>.</summary>
public sealed record ScoreRequest(
    ReadOnlyMemory<float> Token,
    ReadOnlyMemory<long> Ids,
    ReadOnlyMemory<float> Profile,
    ReadOnlyMemory<float> StateIn,
    ScorePriority Priority = ScorePriority.Normal);

public enum ScorePriority : byte
{
    /// <summary>Somebody waits for the answer.</summary>
    High = 0,
    Normal = 1,
    /// <summary>Backfill and shadow work; shed first.</summary>
    Low = 2,
}

/// <summary>How one row was settled. <see cref="StateOut"/> is empty and <see cref="Scores"/> is zero unless scored.</summary>
public sealed record ScoreReply(ScoreOutcome Outcome, HeadScores Scores, ReadOnlyMemory<float> StateOut, ModelIdentity? Model);
