using System.Collections.Concurrent;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Orleans.Contracts;

namespace RealtimeInsight.Orleans.Budgets;

/// <summary>
/// What this silo has leased of the campaigns' budgets. Customers spend from it without a call; a new block is leased when it is empty, and
/// the rest given back when the silo stops. Thread-safe.
/// </summary>
internal sealed class BudgetPurse(IGrainFactory grains, CustomerGrainOptions options, TimeProvider time)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly ConcurrentDictionary<string, Pocket> _pockets = new(StringComparer.Ordinal);
    private volatile bool _isClosed;

    /// <summary>The budget that a rule's treatments are paid from; null for one without.</summary>
    /// <exception cref="ArgumentException">The rule's parameters name a budget that is none.</exception>
    public static BudgetRule? Of(PolicyRule rule)
    {
        if (rule.Parameters["budget"] is not { } budget) return null;
        var campaign = (string?)budget["campaign"];
        var units = (long?)budget["units"] ?? 1;
        if (!string.IsNullOrEmpty(campaign) && units > 0) return new BudgetRule(campaign, units);
        throw new ArgumentException(
            $"rule '{rule.Id}' has the budget {budget.ToJsonString()}, a campaign's name and at least 1 unit are needed; "
            + "write {{ \"campaign\": \"spring\", \"units\": 1 }}", nameof(rule));
    }

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(BudgetPurse), ServiceLifecycleStage.Active, static _ => Task.CompletedTask, CloseAsync);

    /// <summary>Spends units of a campaign; false when its budget has not as many left.</summary>
    public async Task<bool> TrySpendAsync(BudgetRule budget)
    {
        var pocket = _pockets.GetOrAdd(budget.Campaign, static _ => new Pocket());
        await pocket.Gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (pocket.Left < budget.Units && time.GetUtcNow() >= pocket.AskAgainAt)
            {
                var block = _isClosed ? budget.Units : Math.Max(budget.Units, options.BudgetBlock);
                pocket.Left += await grains.GetGrain<ICampaignBudgetGrain>(budget.Campaign)
                    .LeaseAsync(block, budget.Units).ConfigureAwait(false);
                if (pocket.Left < budget.Units) pocket.AskAgainAt = time.GetUtcNow() + options.BudgetAskAgain;
            }

            if (pocket.Left < budget.Units) return false;
            pocket.Left -= budget.Units;
            return true;
        }
        finally
        {
            pocket.Gate.Release();
        }
    }

    public void Dispose()
    {
        foreach (var pocket in _pockets.Values) pocket.Gate.Dispose();
    }

    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        _isClosed = true;
        foreach (var (campaign, pocket) in _pockets)
        {
            await pocket.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            var left = pocket.Left;
            pocket.Left = 0;
            pocket.Gate.Release();
            if (left == 0) continue;
            await grains.GetGrain<ICampaignBudgetGrain>(campaign).GiveBackAsync(left).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class Pocket
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);
        public long Left { get; set; }
        public DateTimeOffset AskAgainAt { get; set; }
    }
}

/// <param name="Units">Of each treatment.</param>
internal sealed record BudgetRule(string Campaign, long Units);
