namespace RealtimeInsight.Orleans.Contracts.Replies;

/// <summary>How a request to merge or to part two customers ended.</summary>
[GenerateSerializer, Alias("ri.merge-outcome")]
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

    /// <summary>The id belongs to another customer, which the reply names: part the two first.</summary>
    BelongsToAnother = 5,

    /// <summary>The customer's events are not kept any more: their history has become too long.</summary>
    TooLong = 6,
}
