namespace RealtimeInsight.Orleans.Contracts.Replies;

/// <param name="Limit">0 for a campaign whose limit was never set.</param>
/// <param name="Leased">Spent, or in the hands of silos.</param>
[GenerateSerializer, Immutable, Alias("ri.campaign-budget-reply")]
public sealed record CampaignBudgetReply([property: Id(0)] long Limit, [property: Id(1)] long Leased);
