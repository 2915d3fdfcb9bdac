using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Port;

/// <summary>What operators see of delivery and may do about it. Thread-safe.</summary>
public interface IDeliveryControl
{
    /// <summary>Every endpoint that is set up, by name.</summary>
    ValueTask<IReadOnlyList<EndpointStatus>> GetEndpointsAsync(CancellationToken cancellationToken);

    /// <summary>Actions that were given up, the newest death first.</summary>
    /// <param name="limit">Most entries, 1 to 1,000.</param>
    /// <param name="cursor"><see cref="DeadLetterPage.Next"/> of the page before; null for the first.</param>
    /// <exception cref="FormatException">The cursor is none.</exception>
    ValueTask<DeadLetterPage> ListAsync(DeadLetterFilter filter, int limit, string? cursor, CancellationToken cancellationToken);

    /// <summary>One dead letter with its attempts and what is sent; null when there is none of this decision.</summary>
    ValueTask<DeadLetterView?> FindAsync(string decisionId, CancellationToken cancellationToken);

    /// <summary>Makes one dead letter pending again, due now; returns when that is durable. False when there is none.</summary>
    ValueTask<bool> RedriveAsync(string decisionId, CancellationToken cancellationToken);

    /// <summary>Makes dead letters that pass the filter pending again, the newest first; returns how many when that is durable.</summary>
    /// <param name="limit">Most entries, 1 to 10,000.</param>
    ValueTask<int> RedriveAsync(DeadLetterFilter filter, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Lets an endpoint be sent to again; returns when that is durable. False when no endpoint has the name. What became a dead letter
    /// meanwhile stays one until it is redriven.
    /// </summary>
    ValueTask<bool> EnableAsync(string endpoint, CancellationToken cancellationToken);

    /// <summary>
    /// Sends nothing to an endpoint until it is enabled again: its actions become dead letters when they are due. False when no endpoint
    /// has the name.
    /// </summary>
    ValueTask<bool> DisableAsync(string endpoint, CancellationToken cancellationToken);
}

/// <param name="Names">The channels of policies that lead to it.</param>
/// <param name="State">open; paused after failures in a row or at the receiver's wish; disabled until it is enabled again.</param>
/// <param name="Since">Of a disabled endpoint; null otherwise.</param>
/// <param name="Until">Of a paused endpoint: when the next attempt may be made; null otherwise.</param>
/// <param name="Failures">Attempts in a row that failed.</param>
public sealed record EndpointStatus(
    string Name, IReadOnlyList<string> Names, string State, Instant? Since, Instant? Until, int Failures, string? Reason);

/// <summary>An action that was given up: kept until it is redriven.</summary>
/// <param name="Channel">As the policy named it.</param>
/// <param name="StatusCode">Of the last attempt, where there was an answer.</param>
/// <param name="Reason">Of the last attempt.</param>
public sealed record DeadLetter(
    string DecisionId, string CustomerId, string Channel, Instant CreatedAt, Instant DiedAt, int Attempts, int? StatusCode, string? Reason);

/// <param name="Body">What is sent: the action's CloudEvent.</param>
public sealed record DeadLetterView(DeadLetter Letter, IReadOnlyList<DeliveryAttempt> Attempts, JsonNode? Body);

/// <param name="Next">Cursor of the next page; null on the last.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Items, string? Next);

/// <summary>All that is given has to hold.</summary>
/// <param name="Channel">As the policy named it, or an endpoint's name for every name that leads to it.</param>
/// <param name="CreatedFrom">Decided at this time or later.</param>
/// <param name="CreatedBefore">Decided before this time.</param>
public sealed record DeadLetterFilter(string? Channel = null, Instant? CreatedFrom = null, Instant? CreatedBefore = null);
