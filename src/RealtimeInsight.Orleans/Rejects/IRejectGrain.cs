using RealtimeInsight.Orleans.Contracts;

namespace RealtimeInsight.Orleans.Rejects;

/// <summary>
/// A share of what was not accepted, the newest up to a limit of bytes. The key is its number, below <see cref="RejectIds.SharesMax"/>.
/// </summary>
[Alias("ri.rejects")]
internal interface IRejectGrain : IGrainWithIntegerKey
{
    /// <summary>Gives each an id, and returns when they are stored.</summary>
    /// <exception cref="ContractVersionException">The message is of a version that the silo does not read.</exception>
    [Alias("keep")]
    Task KeepAsync(RejectsToKeep rejects);

    /// <summary>Newest first.</summary>
    [Alias("list")]
    Task<StoredReject[]> ListAsync(RejectQuery query);

    /// <summary>Null for one that is unknown or was dropped.</summary>
    [Alias("find")]
    Task<StoredReject?> FindAsync(long id);

    /// <summary>Notes what a replay gave; returns when that is stored.</summary>
    [Alias("mark")]
    Task MarkAsync(long id, string outcome);

    /// <summary>Drops those that have one of these names; returns how many, when that is stored.</summary>
    [Alias("drop")]
    Task<int> DropAsync(string[] names);
}

[GenerateSerializer, Immutable, Alias("ri.rejects-to-keep")]
internal sealed record RejectsToKeep
{
    [Id(0)]
    public int Version { get; init; } = ContractVersion.Current;

    /// <summary>In the order that they came in, without ids.</summary>
    [Id(1)]
    public required StoredReject[] Items { get; init; }
}

/// <summary>All that is given has to hold.</summary>
[GenerateSerializer, Immutable, Alias("ri.reject-query")]
internal sealed record RejectQuery
{
    [Id(0)]
    public required int Limit { get; init; }

    /// <summary>Ids below this one.</summary>
    [Id(1)]
    public required long Before { get; init; }

    [Id(2)]
    public string? Code { get; init; }

    [Id(3)]
    public string? Source { get; init; }

    [Id(4)]
    public long? FromMs { get; init; }

    [Id(5)]
    public long? ToMs { get; init; }

    [Id(6)]
    public bool? IsReplayed { get; init; }
}

/// <summary>A kept reject; its members are those of the engine's port.</summary>
[GenerateSerializer, Immutable, Alias("ri.stored-reject")]
internal sealed record StoredReject
{
    [Id(0)]
    public long RejectId { get; init; }

    [Id(1)]
    public required long ReceivedAtMs { get; init; }

    [Id(2)]
    public required string Source { get; init; }

    [Id(3)]
    public required int Index { get; init; }

    [Id(4)]
    public required string Code { get; init; }

    [Id(5)]
    public required string Message { get; init; }

    [Id(6)]
    public required string Payload { get; init; }

    [Id(7)]
    public string? Call { get; init; }

    [Id(8)]
    public string? Envelope { get; init; }

    [Id(9)]
    public bool IsCut { get; init; }

    /// <summary>0: never.</summary>
    [Id(10)]
    public long ReplayedAtMs { get; init; }

    [Id(11)]
    public string? Outcome { get; init; }
}

/// <summary>What is stored of a share.</summary>
[GenerateSerializer, Alias("ri.rejects-state")]
internal sealed class RejectState
{
    /// <summary>Oldest first.</summary>
    [Id(0)]
    public List<StoredReject> Items { get; set; } = [];

    /// <summary>Of the newest id ever given.</summary>
    [Id(1)]
    public long LastSequence { get; set; }
}
