using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Storage;

/// <summary>What is old enough to go; it goes by <see cref="ControlRow"/>s.</summary>
public interface IRetentionStore
{
    /// <summary>The newest event time in the log; <see cref="Instant.None"/> without events.</summary>
    Instant NewestEventTime();

    /// <summary>
    /// How far the rows from an offset on may go: first offset of the first one that has to stay, which the log's last one always does. A
    /// row without events goes with those before it.
    /// </summary>
    /// <param name="from">First offset of a row.</param>
    /// <param name="before">A row with an event at or after this time stays.</param>
    /// <param name="below">A row with a record at or beyond this offset stays.</param>
    /// <param name="rowsMax">Most rows to look at.</param>
    long FindOldRows(long from, Instant before, long below, int rowsMax);

    /// <summary>Decisions made before this time, oldest first, without those whose action is still to be sent.</summary>
    IReadOnlyList<string> ReadOldDecisions(Instant before, int limit);

    /// <summary>Actions that were delivered or given up before this time, oldest first.</summary>
    IReadOnlyList<SettledAction> ReadSettled(Instant before, int limit);
}

/// <param name="State">Delivered or dead.</param>
public readonly record struct SettledAction(string DecisionId, OutboxState State);
