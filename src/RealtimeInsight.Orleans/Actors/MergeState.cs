namespace RealtimeInsight.Orleans.Actors;

/// <summary>Where the events of an id go that was merged into another customer.</summary>
[GenerateSerializer, Alias("ri.stored-forward")]
internal sealed record StoredForward
{
    /// <summary>The customer; may itself have been merged since.</summary>
    [Id(0)]
    public required string To { get; init; }

    [Id(1)]
    public required long AtMs { get; init; }

    /// <summary>What the id had, until the customer has saved that it took it; null afterwards.</summary>
    [Id(2)]
    public StoredPart? Given { get; init; }
}

/// <summary>What one customer hands over to another: its whole history in a merge, what it gives back in an un-merge.</summary>
[GenerateSerializer, Immutable, Alias("ri.stored-part")]
internal sealed record StoredPart
{
    [Id(0)]
    public required string From { get; init; }

    [Id(1)]
    public required string To { get; init; }

    /// <summary>When it was handed over, by the giver's clock.</summary>
    [Id(2)]
    public required long AtMs { get; init; }

    /// <summary>As in <see cref="CustomerGrainState"/>; empty for one without events.</summary>
    [Id(3)]
    public required byte[] Customer { get; init; }

    /// <summary>As in <see cref="CustomerGrainState"/>.</summary>
    [Id(4)]
    public required byte[]? History { get; init; }

    [Id(5)]
    public required Dictionary<string, long> Marks { get; init; }

    [Id(6)]
    public required List<StoredAction> Pending { get; init; }

    [Id(7)]
    public required List<StoredDecision> Decisions { get; init; }

    /// <summary>Ids that belong to the one that is handed over.</summary>
    [Id(8)]
    public required List<StoredMember> Members { get; init; }

    /// <summary>As in <see cref="CustomerGrainState"/>.</summary>
    [Id(9)]
    public List<StoredNote> Notes { get; init; } = [];

    /// <summary>As in <see cref="CustomerGrainState"/>.</summary>
    [Id(10)]
    public List<StoredDeadLetter> Dead { get; init; } = [];

    /// <summary>As in <see cref="CustomerGrainState"/>.</summary>
    [Id(11)]
    public List<string> Unfiled { get; init; } = [];

    /// <summary>
    /// Not 0: the customer was erased with this id, then; there is nothing to take back, and what happened before is not taken any more.
    /// </summary>
    [Id(12)]
    public long ErasedAtMs { get; init; }
}

/// <summary>An id that was merged into a customer.</summary>
[GenerateSerializer, Immutable, Alias("ri.stored-member")]
internal sealed record StoredMember
{
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Whom exactly it was merged into: the customer, or another member.</summary>
    [Id(1)]
    public required string Into { get; init; }

    /// <summary>The decisions that it brought, which it takes along when it is parted.</summary>
    [Id(2)]
    public required List<string> Decisions { get; init; }
}
