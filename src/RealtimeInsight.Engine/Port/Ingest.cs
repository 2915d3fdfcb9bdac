using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Port;

/// <summary>What an intake hands over at once: valid events, and what it had to reject, which is kept in the same commit.</summary>
public sealed record IngestBatch(IReadOnlyList<CustomerEvent> Events, IReadOnlyList<RejectedItem> Rejects)
{
    /// <summary>What happens to events beyond the allowed lateness.</summary>
    public LateRule Late { get; init; }

    public static IngestBatch Of(params CustomerEvent[] events) => new(events, []);
}

/// <summary>What happens to an event that is later than is allowed.</summary>
public enum LateRule : byte
{
    /// <summary>It is kept aside as a reject with code <c>late</c>.</summary>
    KeepAside = 0,

    /// <summary>It is left out and not kept: its sender has it.</summary>
    LeaveOut = 1,

    /// <summary>
    /// It is taken in however late: folded into the customer's history in order of event time, or put at its end where the history is
    /// too long to fold again. Decisions that were made stand.
    /// </summary>
    TakeIn = 2,
}

public enum EventOutcome : byte
{
    Accepted = 0,

    /// <summary>An event with the same id was applied before; nothing happened.</summary>
    Duplicate = 1,

    /// <summary>Older than the allowed lateness; what became of it is the batch's <see cref="LateRule"/>.</summary>
    Late = 2,

    /// <summary>
    /// What is stored of the event's customer is damaged: it was not applied. Kept as a reject with code <c>customer_unreadable</c> where
    /// the batch's <see cref="LateRule"/> keeps late ones.
    /// </summary>
    Unreadable = 3,
}

/// <summary>One outcome for each event of the batch, in its order.</summary>
public sealed record IngestResult(IReadOnlyList<EventOutcome> Outcomes, int Accepted, int Duplicates, int Late)
{
    /// <summary>Events whose customer cannot be read.</summary>
    public int Unreadable { get; init; }
}

/// <summary>An item that was not accepted, kept for repair and replay.</summary>
/// <param name="Source">Where it came from: <c>http</c>, <c>replay</c>, <c>engine</c>.</param>
/// <param name="Index">Position in its batch or file, from 0.</param>
/// <param name="Code">One of a closed set, snake case: see the intake's codes.</param>
/// <param name="Message">What, which value, which rule, what to do; holds no customer data beyond the offending value.</param>
/// <param name="Payload">The item as received, without keys; cut at the intake's limit, see <see cref="IsCut"/>.</param>
public sealed record RejectedItem(Instant ReceivedAt, string Source, int Index, string Code, string Message, string Payload)
{
    /// <summary>The call that brought it: <c>track</c>, <c>batch</c>, ...; null where there was none.</summary>
    public string? Call { get; init; }

    /// <summary>What the item's batch said for all of its items, as a JSON object; null where it said nothing.</summary>
    public string? Envelope { get; init; }

    /// <summary>True when the payload is not the whole item: replaying it needs a corrected one.</summary>
    public bool IsCut { get; init; }
}
