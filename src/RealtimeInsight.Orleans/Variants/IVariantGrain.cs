using RealtimeInsight.Orleans.Contracts;

namespace RealtimeInsight.Orleans.Variants;

/// <summary>
/// What the variants of the policy's rules turned out to be worth, for the whole cluster. Silos tell every second what their customers were
/// given and what came of it, and are told by which probabilities to choose. The key is 0. It calls no customer.
/// </summary>
[Alias("ri.variants")]
internal interface IVariantGrain : IGrainWithIntegerKey
{
    /// <summary>Returns when the notes are stored. A batch that is told again is counted once.</summary>
    [Alias("tell")]
    Task<VariantView[]> TellAsync(VariantNotes notes);
}

/// <summary>What a silo tells.</summary>
[GenerateSerializer, Immutable, Alias("ri.variant-notes")]
internal sealed record VariantNotes
{
    [Id(0)]
    public int Version { get; init; } = ContractVersion.Current;

    /// <summary>Address of the silo: another start is another silo.</summary>
    [Id(1)]
    public required string Silo { get; init; }

    /// <summary>Grows with each batch of the silo.</summary>
    [Id(2)]
    public required long Batch { get; init; }

    [Id(3)]
    public required VariantNote[] Notes { get; init; }
}

/// <param name="IsRecovered">Null: it was given; else what became of the decision.</param>
/// <param name="AtMs">When that was.</param>
[GenerateSerializer, Immutable, Alias("ri.variant-note")]
internal sealed record VariantNote(
    [property: Id(0)] string Rule, [property: Id(1)] string Variant, [property: Id(2)] long DecidedAtMs,
    [property: Id(3)] bool? IsRecovered, [property: Id(4)] long AtMs);

/// <summary>One variant as it is chosen and believed to be.</summary>
/// <param name="Alpha">That the probability comes from; older than the counts where learning is frozen.</param>
/// <param name="Given">Decisions that count, decayed.</param>
/// <param name="Rewarded">Rewards among them.</param>
/// <param name="Open">Decisions whose time for a reward has not passed.</param>
[GenerateSerializer, Immutable, Alias("ri.variant-view")]
internal sealed record VariantView(
    [property: Id(0)] string Rule, [property: Id(1)] string Variant, [property: Id(2)] double Probability, [property: Id(3)] double Alpha,
    [property: Id(4)] double Beta, [property: Id(5)] double Given, [property: Id(6)] double Rewarded, [property: Id(7)] long Open);

/// <summary>What is stored.</summary>
[GenerateSerializer, Alias("ri.variant-state")]
internal sealed class VariantState
{
    /// <summary>As the learner writes itself; empty before the first note.</summary>
    [Id(0)]
    public byte[] Learned { get; set; } = [];

    /// <summary>The newest batch of each silo that was heard lately.</summary>
    [Id(1)]
    public Dictionary<string, HeardBatch> Heard { get; set; } = [];
}

[GenerateSerializer, Immutable, Alias("ri.heard-batch")]
internal sealed record HeardBatch([property: Id(0)] long Batch, [property: Id(1)] long AtMs);
