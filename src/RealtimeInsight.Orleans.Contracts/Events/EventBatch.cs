using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Orleans.Contracts.Events;

/// <summary>Events of one customer.</summary>
[GenerateSerializer, Immutable, Alias("ri.event-batch")]
public sealed record EventBatch
{
    [Id(0)]
    public int Version { get; init; } = ContractVersion.Current;

    /// <summary>All of the grain's customer.</summary>
    [Id(1)]
    public required CustomerEvent[] Events { get; init; }

    /// <summary>Partition of the stream that the events came from; null for events that come from none.</summary>
    [Id(2)]
    public string? Partition { get; init; }

    /// <summary>Offset of each event in <see cref="Partition"/>, ascending; null exactly when the partition is.</summary>
    [Id(3)]
    public long[]? Offsets { get; init; }

    /// <summary>
    /// True: the call returns when the events are saved. False: they are saved soon; the stream can be replayed until then.
    /// </summary>
    [Id(4)]
    public bool MustBeSaved { get; init; }

    /// <summary>True: events are taken in however late they are. False: those beyond the allowed lateness are left out.</summary>
    [Id(5)]
    public bool TakesLate { get; init; }

    public static EventBatch Of(params CustomerEvent[] events) => new() { Events = events, MustBeSaved = true };
}

/// <param name="Outcomes">One for each event, in order.</param>
/// <param name="IsSaved">True when everything applied so far is in the grain's storage.</param>
/// <param name="NewestAt">Of a late event: the time of the newest one of its customer; else null.</param>
[GenerateSerializer, Immutable, Alias("ri.observe-reply")]
public sealed record ObserveReply(
    [property: Id(0)] EventOutcome[] Outcomes, [property: Id(1)] bool IsSaved, [property: Id(2)] DateTimeOffset? NewestAt = null);
