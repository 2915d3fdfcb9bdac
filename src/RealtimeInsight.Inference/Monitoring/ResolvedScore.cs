using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Inference.Monitoring;

/// <summary>A score whose outcome is known.</summary>
/// <param name="Customer">Stable hash of the customer's id.</param>
/// <param name="At">The moment that was scored.</param>
/// <param name="KnownAt">When the horizon passed.</param>
/// <param name="Stamp">The model that served.</param>
/// <param name="ShadowStamp">The model that scored beside it; 0 for none.</param>
/// <param name="Outcome">Whether what the head predicts came about.</param>
public readonly record struct ResolvedScore(
    ScoreHead Head,
    ulong Customer,
    Instant At,
    Instant KnownAt,
    uint Stamp,
    float Score,
    uint ShadowStamp,
    float ShadowScore,
    bool Outcome);
