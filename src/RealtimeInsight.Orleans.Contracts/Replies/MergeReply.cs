namespace RealtimeInsight.Orleans.Contracts.Replies;

/// <param name="CustomerId">The customer that the id belongs to afterwards.</param>
[GenerateSerializer, Immutable, Alias("ri.merge-reply")]
public sealed record MergeReply([property: Id(0)] MergeOutcome Outcome, [property: Id(1)] string CustomerId);
