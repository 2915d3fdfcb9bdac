using Orleans.Concurrency;
using RealtimeInsight.Orleans.Actors;

namespace RealtimeInsight.Orleans.Erasing;

/// <summary>
/// Erasing a customer with all of its ids: the merged ids are let go first, the customer's own goes last, so that what a crash leaves is
/// still found by it. No id waits for another in a turn.
/// </summary>
[Alias("ri.customer-erasure")]
internal interface ICustomerErasureGrain : IGrainWithStringKey
{
    /// <summary>
    /// Forgets the customer that the id belongs to; null when nothing is known of it, and no reject names it. Returns when that is saved.
    /// </summary>
    /// <param name="asked">The id that the caller knows: the last to be let go.</param>
    [Alias("erase-all"), AlwaysInterleave]
    Task<ErasureReply?> EraseAllAsync(string asked);

    /// <summary>Says what there is to erase, in a turn.</summary>
    [Alias("look")]
    Task<ErasureLook> LookAsync();

    /// <summary>The id belongs to nobody any more, and nothing is known of it. Returns when that is saved.</summary>
    [Alias("release")]
    Task ReleaseAsync(StoredPart release);

    /// <summary>
    /// Forgets the customer in its turn, and returns when that is saved; null when it has members beside those that were let go, or is
    /// merged or parted meanwhile: look again.
    /// </summary>
    [Alias("erase-in-turn")]
    Task<ErasureReply?> EraseInTurnAsync(string[] released);
}

/// <summary>What was forgotten.</summary>
/// <param name="Events">Of the kept history.</param>
[GenerateSerializer, Immutable, Alias("ri.erasure-reply")]
internal sealed record ErasureReply(
    [property: Id(0)] int Ids, [property: Id(1)] int Events, [property: Id(2)] int Decisions, [property: Id(3)] int Rejects);

/// <param name="IsKnown">False when nothing is left to erase, and that is saved.</param>
/// <param name="Releases">What every merged id is to be told.</param>
/// <param name="Parted">Has to be given back first.</param>
/// <param name="IsForwarding">The id is not a customer of its own: ask again.</param>
[GenerateSerializer, Immutable, Alias("ri.erasure-look")]
internal sealed record ErasureLook(
    [property: Id(0)] bool IsKnown,
    [property: Id(1)] StoredPart[] Releases,
    [property: Id(2)] StoredPart? Parted = null,
    [property: Id(3)] bool IsForwarding = false);
