using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Orleans.Actors;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>Delivering the customer's actions.</summary>
internal sealed partial class CustomerGrain
{
    private void ArmDelivery()
    {
        var due = _actor.Outbox.NextDueAt();
        if (due == Instant.Never) return;
        _delivery ??= this.RegisterGrainTimer(DeliverAsync, Idle(interleaves: true));
        _delivery.Change(Until(due), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sends what is saved and due, oldest first. A crash before the next save sends it again under the same id.</summary>
    private async Task DeliverAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && _actor.Outbox.NextDue() is { } next)
        {
            var action = next with { Attempts = next.Attempts + 1 };
            DeliveryResult result;
            using (var span = GrainTraces.Deliver(action))
            {
                result = await SendAsync(action, cancellationToken);
                core.Instruments.Delivered(result.Status);
                GrainTraces.Ended(span, result);
            }

            if (cancellationToken.IsCancellationRequested && result.Status != DeliveryStatus.Delivered) return;
            Settle(action, result);
        }

        ArmSave();
        ArmDelivery();
    }

    private async Task<DeliveryResult> SendAsync(StoredAction action, CancellationToken cancellationToken)
    {
        if (core.Channels.Resolve(action.Channel) is not { } channel)
        {
            return new DeliveryResult(DeliveryStatus.Retry, Detail: "this silo has no such channel");
        }

        try
        {
            var customer = action.DecidedAs ?? _id.Value;
            var message = new ActionMessage(
                action.DecisionId, customer, ActionBody.Type, action.Attempts, new Instant(action.CreatedAtMs), action.Body);
            return await channel.SendAsync(message, cancellationToken);
        }
        catch (Exception exception)
        {
            // The channel's contract: an exception counts as a retry.
            GrainLog.DeliveryThrew(core.Logger, action.DecisionId, action.Channel, action.Attempts, exception);
            return new DeliveryResult(DeliveryStatus.Retry, Detail: "the channel threw an exception");
        }
    }

    private void Settle(StoredAction action, DeliveryResult result)
    {
        if (result.Status == DeliveryStatus.Delivered)
        {
            _actor.Settle(action, DeliveryState.Delivered);
        }
        else if (result.Status is DeliveryStatus.Failed or DeliveryStatus.Gone || action.Attempts >= core.Options.DeliveryAttemptsMax)
        {
            GrainLog.ActionDead(
                core.Logger, action.DecisionId, action.Channel, action.Attempts, result.Detail ?? "the receiver refused it");
            _actor.Settle(action, DeliveryState.Dead);
        }
        else
        {
            _actor.PutOff(action with { DueAtMs = _actor.Outbox.RetryAt(action.Attempts, result).UnixMs });
        }
    }

    private static string WireName(DeliveryState state) => state switch
    {
        DeliveryState.None => "none",
        DeliveryState.Pending => "pending",
        DeliveryState.Delivered => "delivered",
        DeliveryState.Dead => "dead",
        DeliveryState.OverBudget => "over_budget",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a delivery state"),
    };
}
