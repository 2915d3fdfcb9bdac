namespace RealtimeInsight.Orleans.Contracts.Events;

/// <summary>What became of one event.</summary>
[GenerateSerializer, Alias("ri.event-outcome")]
public enum EventOutcome : byte
{
    Accepted = 0,

    /// <summary>Applied before: its id or its place in the stream is known. Nothing happened.</summary>
    Duplicate = 1,

    /// <summary>Older than the allowed lateness, or so old that it cannot be told from a resend. Nothing happened.</summary>
    Late = 2,
}
