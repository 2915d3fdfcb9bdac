using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Orleans.Contracts;

/// <summary>
/// What a campaign may spend over all customers, in units of the shop's choice: actions, or cents of discount. The key is the campaign's
/// name. Silos lease blocks and spend them without asking; what is leased counts as spent until it is given back, so that the limit is
/// never exceeded. A block that a killed silo held stays spent.
/// </summary>
[Alias("ri.campaign-budget")]
public interface ICampaignBudgetGrain : IGrainWithStringKey
{
    /// <summary>Sets the limit; saved when it returns. One below what is leased ends leasing, and takes nothing back.</summary>
    /// <param name="units">At least 0.</param>
    [Alias("set-limit")]
    Task SetLimitAsync(long units);

    /// <summary>Leases up to <paramref name="units"/>; saved when it returns.</summary>
    /// <param name="least">At least so many; 0 are given when there are fewer.</param>
    [Alias("lease")]
    Task<long> LeaseAsync(long units, long least);

    /// <summary>Gives back what was leased and not spent. Not to be repeated when it fails: it may have been counted.</summary>
    [Alias("give-back")]
    Task GiveBackAsync(long units);

    [Alias("status")]
    Task<CampaignBudgetReply> GetAsync();
}
