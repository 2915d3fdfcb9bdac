using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Delivery;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>
/// Actions that were given up: saved with the customer first, then told to the cluster's list, until it knows: by a timer, and when the
/// deadline index calls.
/// </summary>
internal sealed partial class CustomerGrain
{
    private bool _hasFilingFailed;

    private Instant FilingWakeAt => _actor.Unfiled.Count > 0 ? core.Now + core.Options.DeliveryWaitMin : Instant.Never;

    /// <inheritdoc/>
    public async Task<StoredDeadLetter?> FindDeadAsync(string decisionId)
    {
        if (await CustomerAsync() is not null) return await OtherDelivery().FindDeadAsync(decisionId);
        if (_actor.FindDead(decisionId) is not { } letter) return null;
        return letter with { Action = letter.Action with { DecidedAs = letter.Action.DecidedAs ?? _id.Value } };
    }

    /// <inheritdoc/>
    public async Task<bool> RedriveAsync(string decisionId)
    {
        if (await CustomerAsync() is not null) return await OtherDelivery().RedriveAsync(decisionId);
        if (!_actor.Redrive(decisionId)) return false;
        await FinishTurnAsync(mustBeSaved: true);
        return true;
    }

    private ICustomerDeliveryGrain OtherDelivery() => GrainFactory.GetGrain<ICustomerDeliveryGrain>(_actor.Forward!.To);

    /// <summary>Tells the list how decisions stand in the row that was written. What it could not be told stays to be told.</summary>
    private async Task FileAsync(CustomerGrainState saved, long change)
    {
        if (saved.Unfiled.Count == 0) return;
        try
        {
            await Task.WhenAll(saved.Unfiled.GroupBy(decision => ClusterDelivery.ShareOf(decision, core.Options)).Select(share =>
            {
                var letters = saved.Dead.Where(one => share.Contains(one.Action.DecisionId))
                    .Select(one => ClusterDelivery.Listed(_id.Value, one)).ToArray();
                var gone = share.Except(letters.Select(static one => one.DecisionId)).ToArray();
                return GrainFactory.GetGrain<IDeadLetterGrain>(share.Key).TellAsync(new DeadLetterNews(letters, gone));
            }));
            _hasFilingFailed = false;
            _actor.Filed(saved.Unfiled, change);
        }
        catch (Exception exception)
        {
            _hasFilingFailed = true;
            GrainLog.NotFiled(core.Logger, saved.Unfiled.Count, core.Options.SaveRetryWait, exception);
        }
    }
}
