namespace RealtimeInsight.Orleans.Contracts.Events;

/// <summary>What a customer allows, by purpose or channel: granted (true) or withdrawn (false).</summary>
[GenerateSerializer, Immutable, Alias("ri.consent-change")]
public sealed record ConsentChange
{
    [Id(0)]
    public int Version { get; init; } = ContractVersion.Current;

    /// <summary>Idempotency key of the change, at most 100 characters.</summary>
    [Id(1)]
    public required string ChangeId { get; init; }

    [Id(2)]
    public required DateTimeOffset ChangedAt { get; init; }

    [Id(3)]
    public required Dictionary<string, bool> Consents { get; init; }
}
