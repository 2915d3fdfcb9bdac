namespace RealtimeInsight.Domain.Decisions;

/// <summary>How a rule chooses among its variants.</summary>
public enum VariantMethod : byte
{
    /// <summary>Each is as likely as any other, for good: an experiment.</summary>
    Uniform,

    /// <summary>Each is as likely as it is to be the best by what customers did (Thompson 1933).</summary>
    Thompson,
}

/// <summary>How a rule chooses among its variants, and what is learned of them.</summary>
public sealed record VariantRule
{
    public const int VariantsMin = 2;
    public const int VariantsMax = 8;

    /// <summary>Of an equal share, the part that a variant never falls below: the weights of its outcomes stay bounded.</summary>
    public const double ExploreDefault = 0.05;

    public static readonly TimeSpan HalfLifeDefault = TimeSpan.FromDays(30);

    public VariantMethod By { get; init; }

    /// <summary>Part of the decisions that is shared out equally, whatever was learned; 0 to 1.</summary>
    public double Explore { get; init; } = ExploreDefault;

    /// <summary>After this time a decision counts half; 1 minute to 3,650 days.</summary>
    public TimeSpan HalfLife { get; init; } = HalfLifeDefault;

    /// <summary>
    /// A recovery within this time of the decision is the reward; counted when the time has passed. At most the attribution window.
    /// </summary>
    public required TimeSpan RewardWithin { get; init; }

    /// <summary>Draws come from the decision's id and this number: another seed draws otherwise.</summary>
    public ulong Seed { get; init; }
}
