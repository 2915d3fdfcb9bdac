namespace RealtimeInsight.Inference.Lifecycle;

/// <summary>Which versions are to serve, and how. One of the registry's requests turns one plan into the next.</summary>
public sealed record ServingPlan
{
    /// <summary>Earlier champions that are remembered for a rollback.</summary>
    public const int BeforeMax = 10;

    /// <summary>The version that scores everybody who is nobody else's.</summary>
    public required string Champion { get; init; }

    /// <summary>Champions before this one, the newest first, at most <see cref="BeforeMax"/>.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];

    /// <summary>Scores a part of the customers in the champion's place; null for none.</summary>
    public PlannedShare? Challenger { get; init; }

    /// <summary>Scores a part of the customers beside whoever serves them, without effect; null for none.</summary>
    public PlannedShare? Shadow { get; init; }

    /// <summary>The plan with another champion; the version leaves the role that it had.</summary>
    public ServingPlan Promote(string version) => Lead(version, [Champion, .. Before.Take(BeforeMax - 1)]);

    /// <summary>The plan with the champion before; there has to be one.</summary>
    public ServingPlan Rollback() => Lead(Before[0], [.. Before.Skip(1)]);

    private ServingPlan Lead(string version, IReadOnlyList<string> before) => new()
    {
        Champion = version,
        Before = before,
        Challenger = Challenger?.Version == version ? null : Challenger,
        Shadow = Shadow?.Version == version ? null : Shadow,
    };
}

/// <param name="Share">Of the customers: above 0, at most 1.</param>
public sealed record PlannedShare(string Version, double Share);
