using Orleans.Concurrency;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Orleans.Merging;

/// <summary>
/// What customers say to each other. Who waits for whom: a merged id, in its turn, for the customer that it forwards to; a customer, in its
/// turn, for one that it takes in. The first never runs in a circle, since merges make none. In the second a circle of customers that take
/// each other in is broken by their ids (<see cref="GiveAsync"/>), and a merged id answers without a turn. Nobody waits, in a turn,
/// for the turn of a merged id.
/// </summary>
[Alias("ri.customer-merge")]
internal interface ICustomerMergeGrain : IGrainWithStringKey
{
    /// <summary>
    /// First step of a merge: the history ends here and goes to the other. Interleaves: one that was merged answers at once, one that is
    /// itself taking another in says that it is busy to those with a smaller id.
    /// </summary>
    [Alias("give"), AlwaysInterleave]
    Task<GiveReply> GiveAsync(GiveRequest request);

    /// <summary>The part of <see cref="GiveAsync"/> that needs a turn; asked by the grain itself.</summary>
    [Alias("give-in-turn")]
    Task<GiveReply> GiveInTurnAsync(GiveRequest request, long ticket);

    /// <summary>
    /// Second step of a merge, when the one that gave has not heard of it: returns when the history is taken and saved, or what was parted
    /// again since.
    /// </summary>
    [Alias("take")]
    Task<StoredPart?> TakeAsync(StoredPart given);

    /// <summary>Events that were sent to a merged id.</summary>
    [Alias("observe-forwarded")]
    Task<ForwardedReply> ObserveForwardedAsync(EventBatch batch, string sentTo);

    /// <summary>The turn of a merge on request.</summary>
    [Alias("merge-in-turn")]
    Task<MergeStepReply> MergeInTurnAsync(string from);

    /// <summary>The turn of an un-merge on request, its first step.</summary>
    [Alias("part-in-turn")]
    Task<MergeStepReply> PartInTurnAsync(string from);

    /// <summary>Second step of an un-merge: the id has its history back. Returns when that is saved.</summary>
    [Alias("restore")]
    Task RestoreAsync(StoredPart part);

    /// <summary>The second step is done.</summary>
    [Alias("restored")]
    Task RestoredAsync(string id);

    /// <summary>The customer that this id belongs to; its own id for one that was not merged.</summary>
    [Alias("root"), AlwaysInterleave]
    Task<string> RootAsync();
}

/// <summary>Why a history is asked for. Numbers are sent.</summary>
[GenerateSerializer, Alias("ri.give-cause")]
internal enum GiveCause : byte
{
    /// <summary>An event named both ids.</summary>
    Event = 0,

    /// <summary>An event asks to merge the two, and what will be sent too.</summary>
    Alias = 1,

    /// <summary>Somebody asks.</summary>
    Request = 2,
}

[GenerateSerializer, Immutable, Alias("ri.give-request")]
internal sealed record GiveRequest([property: Id(0)] string To, [property: Id(1)] GiveCause Cause);

[GenerateSerializer, Alias("ri.give-outcome")]
internal enum GiveOutcome : byte
{
    /// <summary>The reply holds the history.</summary>
    Given = 0,

    /// <summary>There is no history, or it stays apart.</summary>
    Nothing = 1,

    /// <summary>It was merged into another customer before, or into this one, which has it.</summary>
    Elsewhere = 2,

    /// <summary>Try again after this turn.</summary>
    Busy = 3,
}

[GenerateSerializer, Immutable, Alias("ri.give-reply")]
internal sealed record GiveReply([property: Id(0)] GiveOutcome Outcome, [property: Id(1)] StoredPart? Given = null);

/// <param name="Parted">Instead of outcomes, when the id was parted and has to take its history back first.</param>
[GenerateSerializer, Immutable, Alias("ri.forwarded-reply")]
internal sealed record ForwardedReply([property: Id(0)] ObserveReply? Reply, [property: Id(1)] StoredPart? Parted = null);

/// <param name="Reply">Null: try again, after restoring <paramref name="Parted"/> where that is there.</param>
[GenerateSerializer, Immutable, Alias("ri.merge-step-reply")]
internal sealed record MergeStepReply([property: Id(0)] MergeReply? Reply, [property: Id(1)] StoredPart? Parted = null);
