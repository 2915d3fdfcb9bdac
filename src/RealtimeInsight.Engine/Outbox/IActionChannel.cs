using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>A way out for actions: a webhook, a log. Called by the outbox, at most a few sends at a time. Thread-safe.</summary>
public interface IActionChannel
{
    /// <summary>The name that policies use in <c>channel</c>.</summary>
    string Name { get; }

    /// <summary>Further names in policies that lead here.</summary>
    IReadOnlyList<string> Aliases => [];

    /// <summary>
    /// Makes one delivery attempt. Expected failures are results; an exception counts as <see cref="DeliveryStatus.Retry"/>. The token
    /// is cancelled when the engine stops: the attempt is then made again after the next start.
    /// </summary>
    ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken);
}

/// <summary>A channel that can send several actions at once.</summary>
public interface IBatchActionChannel : IActionChannel
{
    /// <summary>Most actions of one send, from 1.</summary>
    int BatchMax { get; }

    /// <summary>
    /// One attempt for all of the messages; its result is that of each. What is refused as a batch is tried again one by one.
    /// </summary>
    ValueTask<DeliveryResult> SendAsync(IReadOnlyList<ActionMessage> messages, CancellationToken cancellationToken);
}

/// <summary>One action to deliver.</summary>
/// <param name="DecisionId">The decision behind it: the idempotency key, the same on every attempt (webhook-id).</param>
/// <param name="CustomerId">Whom it is for.</param>
/// <param name="Type">CloudEvents type, e.g. <c>com.realtimeinsight.action.decided.v1</c>.</param>
/// <param name="Attempt">Number of this attempt, from 1.</param>
/// <param name="CreatedAt">When the decision was committed, by the wall clock.</param>
/// <param name="Body">CloudEvents 1.0 JSON, structured mode (application/cloudevents+json): the same bytes on every attempt.</param>
public sealed record ActionMessage(
    string DecisionId, string CustomerId, string Type, int Attempt, Instant CreatedAt, ReadOnlyMemory<byte> Body);

/// <summary>How an attempt ended.</summary>
public enum DeliveryStatus : byte
{
    Delivered = 0,

    /// <summary>May work later: time-out, 429, 5xx.</summary>
    Retry = 1,

    /// <summary>Will never work: a 4xx, a bad address. The entry is dead.</summary>
    Failed = 2,

    /// <summary>The endpoint asks never to be sent to again (410): the entry is dead and the endpoint disabled.</summary>
    Gone = 3,
}

/// <summary>The result of one attempt.</summary>
/// <param name="StatusCode">HTTP status, where there was one.</param>
/// <param name="Detail">What happened, for the decision's attempts; holds no customer data and no secret. Cut at 500 characters.</param>
/// <param name="RetryAfter">The receiver's wish for the next attempt; the later of this and the schedule counts.</param>
public sealed record DeliveryResult(DeliveryStatus Status, int? StatusCode = null, string? Detail = null, TimeSpan? RetryAfter = null)
{
    public static DeliveryResult Delivered { get; } = new(DeliveryStatus.Delivered);
}
