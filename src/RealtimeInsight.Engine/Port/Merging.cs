namespace RealtimeInsight.Engine.Port;

/// <summary>How a request to merge or to part two customers ended.</summary>
public enum MergeOutcome : byte
{
    /// <summary>The history is part of the customer's now, and what is sent under its id will be.</summary>
    Merged = 0,

    /// <summary>It was already.</summary>
    AlreadyMerged = 1,

    /// <summary>The history is a customer of its own again.</summary>
    Unmerged = 2,

    /// <summary>Nothing is known of the id that was to be merged.</summary>
    Unknown = 3,

    /// <summary>Both ids name one customer, or none of the two was merged into the other: there is nothing to do.</summary>
    NothingToDo = 4,

    /// <summary>The id belongs to another customer, which <see cref="MergeResult.CustomerId"/> names: part the two first.</summary>
    BelongsToAnother = 5,

    /// <summary>The history is longer than may be folded again.</summary>
    TooLong = 6,
}

/// <param name="CustomerId">The customer that the id belongs to afterwards.</param>
public sealed record MergeResult(MergeOutcome Outcome, string CustomerId);
