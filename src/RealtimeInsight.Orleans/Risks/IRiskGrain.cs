using RealtimeInsight.Orleans.Contracts;

namespace RealtimeInsight.Orleans.Risks;

/// <summary>
/// The customers of one share with an open session or cart that are the most likely to be lost, up to a limit. Silos tell it every second
/// what became of theirs. The key is its number.
/// </summary>
[Alias("ri.risks")]
internal interface IRiskGrain : IGrainWithIntegerKey
{
    /// <returns>The activation's name: another one than before has forgotten what it was told, and has to be told again.</returns>
    /// <exception cref="ContractVersionException">The notes are of a version that the silo does not read.</exception>
    [Alias("tell")]
    Task<string> TellAsync(RiskNotes notes);

    /// <summary>The most at risk first.</summary>
    [Alias("list")]
    Task<RiskNote[]> ListAsync(int limit);
}

[GenerateSerializer, Immutable, Alias("ri.risk-notes")]
internal sealed record RiskNotes
{
    [Id(0)]
    public int Version { get; init; } = ContractVersion.Current;

    [Id(1)]
    public required RiskNote[] Notes { get; init; }
}

/// <summary>How one customer stands.</summary>
[GenerateSerializer, Immutable, Alias("ri.risk-note")]
internal sealed record RiskNote
{
    [Id(0)]
    public required string CustomerId { get; init; }

    /// <summary>When it was so: an older note changes nothing.</summary>
    [Id(1)]
    public required long AtMs { get; init; }

    /// <summary>False: the customer leaves the list, and the rest says nothing.</summary>
    [Id(2)]
    public required bool IsLive { get; init; }

    /// <summary>By then the customer says something else; a note that is older than that by much is of a silo that died.</summary>
    [Id(3)]
    public long UntilMs { get; init; }

    [Id(4)]
    public string? CartState { get; init; }

    [Id(5)]
    public decimal CartValue { get; init; }

    [Id(6)]
    public string? Currency { get; init; }

    [Id(7)]
    public float Churn { get; init; }

    [Id(8)]
    public float? Abandonment { get; init; }

    [Id(9)]
    public float Purchase { get; init; }

    [Id(10)]
    public long LastSeenMs { get; init; }

    [Id(11)]
    public string[] Segments { get; init; } = [];

    public float Risk => Math.Max(Churn, Abandonment ?? 0f);
}
