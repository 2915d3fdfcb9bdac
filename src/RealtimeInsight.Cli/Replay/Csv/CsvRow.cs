using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Cli.Replay.Csv;

/// <summary>One line's fields in the order of the format's columns, trimmed, and the id of the event it means.</summary>
internal readonly ref struct CsvRow(string[] fields, int[] positions, EventId id)
{
    public EventId Id { get; } = id;

    /// <summary>The field of the format's column number <paramref name="column"/>; empty where the line has nothing.</summary>
    public string this[int column] => fields[positions[column]].Trim();
}
