using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;

namespace RealtimeInsight.Orleans;

/// <summary>What every silo of a cluster has to be given alike: other values on one silo make its customers behave differently.</summary>
public sealed record ClusterSettings
{
    public required Policy Policy { get; init; }

    public CustomerOptions Customers { get; init; } = new();

    public CustomerGrainOptions Grains { get; init; } = new();

    /// <summary>The clock that deadlines are compared with; null: the silo's own.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>The deadline index's own clock, for tests in which it is to stand still; null: the same.</summary>
    internal TimeProvider? IndexTime { get; init; }
}
