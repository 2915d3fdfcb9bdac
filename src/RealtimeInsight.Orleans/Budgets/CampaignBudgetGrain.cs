using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Orleans.Budgets;

/// <summary>Every change is saved before it is answered; one that could not be saved ends the activation: memory never leads.</summary>
[GrainType("ri.campaign-budget")]
internal sealed class CampaignBudgetGrain(
    [PersistentState("budget", SiloHosting.StorageName)] IPersistentState<CampaignBudgetState> storage) : Grain, ICampaignBudgetGrain
{
    /// <summary>Leases get smaller as the budget ends, so that its rest does not lie with silos that have nobody to spend it on.</summary>
    private const int LeasesMin = 8;

    /// <inheritdoc/>
    public Task SetLimitAsync(long units)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        return SaveAsync(units, storage.State.Leased);
    }

    /// <inheritdoc/>
    public async Task<long> LeaseAsync(long units, long least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(units, least);
        var left = storage.State.Limit - storage.State.Leased;
        if (left < least) return 0;
        var given = Math.Max(least, Math.Min(units, left / LeasesMin));

        // Whole treatments: a rest that pays for none would lie in every silo.
        given -= given % least;
        await SaveAsync(storage.State.Limit, storage.State.Leased + given);
        return given;
    }

    /// <inheritdoc/>
    public Task GiveBackAsync(long units)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(units, storage.State.Leased);
        return SaveAsync(storage.State.Limit, storage.State.Leased - units);
    }

    /// <inheritdoc/>
    public Task<CampaignBudgetReply> GetAsync() => Task.FromResult(new CampaignBudgetReply(storage.State.Limit, storage.State.Leased));

    private async Task SaveAsync(long limit, long leased)
    {
        storage.State = new CampaignBudgetState { Limit = limit, Leased = leased };
        try
        {
            await storage.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}

/// <summary>What is stored of a budget.</summary>
[GenerateSerializer, Alias("ri.campaign-budget-state")]
internal sealed class CampaignBudgetState
{
    [Id(0)]
    public long Limit { get; set; }

    [Id(1)]
    public long Leased { get; set; }
}
