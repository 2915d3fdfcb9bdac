namespace RealtimeInsight.Engine.Log;

/// <summary>What a log record holds. Numbers are stored: never renumber or reuse one.</summary>
public enum RecordKind : byte
{
    /// <summary>An applied event, as <c>EventCodec</c> writes it.</summary>
    Event = 1,

    /// <summary>A decision, as it was made.</summary>
    Decision = 2,

    /// <summary>The outcome of a decision.</summary>
    Outcome = 3,

    /// <summary>Two histories were joined or parted, as <c>MergeRecord</c> writes it.</summary>
    Merge = 4,

    /// <summary>
    /// An event that was sent under an id whose history belongs to this customer: the customer's id, then the event as it was sent.
    /// </summary>
    Forwarded = 5,

    /// <summary>The customer was erased, as <c>ErasedRecord</c> writes it: its history ends here.</summary>
    Erased = 6,

    /// <summary>A record of an erased customer whose content was overwritten.</summary>
    Blank = 7,
}
