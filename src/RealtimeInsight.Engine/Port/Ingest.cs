using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Port;

/// <summary>What an intake hands over at once: valid events, and what it had to reject, which is kept in the same commit.</summary>
public sealed record IngestBatch(IReadOnlyList<CustomerEvent> Events, IReadOnlyList<RejectedItem> Rejects)
{
    public static IngestBatch Of(params CustomerEvent[] events) => new(events, []);
}

public enum EventOutcome : byte
{
    Accepted = 0,

    /// <summary>An event with the same id was applied before; nothing happened.</summary>
    Duplicate = 1,

    /// <summary>Older than the allowed lateness; kept aside as a reject with code <c>late</c>.</summary>
    Late = 2,
}

/// <summary>One outcome for each event of the batch, in its order.</summary>
public sealed record IngestResult(IReadOnlyList<EventOutcome> Outcomes, int Accepted, int Duplicates, int Late);

/// <summary>An item that was not accepted, kept for repair and replay.</summary>
/// <param name="Source">Where it came from: <c>http</c>, <c>replay</c>, <c>engine</c>.</param>
/// <param name="Index">Position in its batch or file, from 0.</param>
/// <param name="Code">One of a closed set, snake case: see the intake's codes.</param>
/// <param name="Message">What, which value, which rule, what to do; holds no customer data beyond the offending value.</param>
/// <param name="Payload">The item as received, cut at 32 KB.</param>
public sealed record RejectedItem(Instant ReceivedAt, string Source, int Index, string Code, string Message, string Payload);
