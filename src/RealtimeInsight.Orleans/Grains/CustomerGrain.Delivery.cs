using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Notices;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Orleans.Actions;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>Delivering the customer's actions.</summary>
internal sealed partial class CustomerGrain
{
    private const int AttemptsKept = 20;

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
        await core.Board.Known.WaitAsync(cancellationToken);
        while (!cancellationToken.IsCancellationRequested && _actor.Outbox.NextDue() is { } next)
        {
            var endpoint = core.Channels.Resolve(next.Channel);
            if (endpoint?.Gate.Disabled is not null) await SkipAsync(next, endpoint, cancellationToken);
            else if (endpoint?.TryBegin(core.Now) == false) PutOff(next, endpoint.Gate.OpensAt);
            else if (!await AttemptAsync(next, endpoint, cancellationToken)) return;
        }

        ArmSave();
        ArmDelivery();
    }

    /// <summary>One attempt; false when the silo stops and it may not have been made.</summary>
    private async Task<bool> AttemptAsync(StoredAction next, SiloEndpoint? endpoint, CancellationToken cancellationToken)
    {
        var action = next with { Attempts = next.Attempts + 1 };
        var began = core.Time.GetTimestamp();
        DeliveryResult result;
        try
        {
            using var span = GrainTraces.Deliver(action);
            result = await SendAsync(action, endpoint?.Channel, cancellationToken);
            core.Instruments.Delivered(result.Status);
            GrainTraces.Ended(span, result);
        }
        finally
        {
            endpoint?.End();
        }

        if (cancellationToken.IsCancellationRequested && result.Status != DeliveryStatus.Delivered) return false;
        endpoint?.Gate.Observe(result.Status, result.RetryAfter, core.Now);
        if (endpoint is not null && result.Status == DeliveryStatus.Gone) await core.Board.GoneAsync(endpoint);
        var elapsed = core.Time.GetElapsedTime(began);
        Settle(Tried(action, DeliveryTexts.ResultOf(result.Status), result.StatusCode, result.Detail, elapsed), result);
        return true;
    }

    private async Task<DeliveryResult> SendAsync(StoredAction action, IActionChannel? channel, CancellationToken cancellationToken)
    {
        if (channel is null) return new DeliveryResult(DeliveryStatus.Retry, Detail: "this silo has no such channel");
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

    /// <summary>
    /// The endpoint is disabled: its action becomes a dead letter without an attempt, once the board says that it still is. This silo may
    /// not have heard yet that it was enabled.
    /// </summary>
    private async Task SkipAsync(StoredAction next, SiloEndpoint endpoint, CancellationToken cancellationToken)
    {
        try
        {
            await core.Board.LookAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            GrainLog.BoardUnreachable(core.Logger, core.Options.DeliveryWaitMin, exception);
            PutOff(next, Instant.None);
            return;
        }

        if (endpoint.Gate.Disabled is not { } row) return;
        _actor.Die(Tried(next with { Attempts = next.Attempts + 1 }, DeliveryTexts.Skipped, null, DeliveryTexts.WhySkipped(row), null));
    }

    /// <summary>No attempt before then, nor soon: it is not counted.</summary>
    private void PutOff(StoredAction action, Instant until) =>
        _actor.PutOff(action with { DueAtMs = Instant.Max(until, core.Now + core.Options.DeliveryWaitMin).UnixMs });

    private void Settle(StoredAction action, DeliveryResult result)
    {
        var isLast = action.Attempts - action.RoundStart >= core.Options.DeliveryAttemptsMax;
        if (result.Status == DeliveryStatus.Delivered)
        {
            _actor.Settle(action, DeliveryState.Delivered);
            if (!core.Notices.HasReaders) return;
            var text = NoticeTexts.Delivered(action.Channel, action.Attempts);
            core.Notices.Publish(new EngineNotice(core.Now, "delivered", action.DecidedAs ?? _id.Value, text));
        }
        else if (result.Status is DeliveryStatus.Failed or DeliveryStatus.Gone || isLast)
        {
            GrainLog.ActionDead(
                core.Logger, action.DecisionId, action.Channel, action.Attempts, result.Detail ?? "the receiver refused it");
            _actor.Die(action);
        }
        else
        {
            _actor.PutOff(action with { DueAtMs = _actor.Outbox.RetryAt(action.Attempts - action.RoundStart, result).UnixMs });
        }
    }

    private StoredAction Tried(StoredAction action, string result, int? statusCode, string? detail, TimeSpan? elapsed)
    {
        var attempt = new AttemptReply(
            action.Attempts, core.Now.ToDateTimeOffset(), result, statusCode, DeliveryTexts.Detail(detail),
            (long?)elapsed?.TotalMilliseconds);
        return action with { Tried = [.. action.Tried.TakeLast(AttemptsKept - 1), attempt] };
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
