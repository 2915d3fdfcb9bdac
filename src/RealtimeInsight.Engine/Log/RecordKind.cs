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

    /// <summary>A visitor's history became part of a customer's.</summary>
    Merge = 4,
}
