using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Cli.Replay;

/// <summary>
/// Segment messages as archives keep them: one JSON object a line, in the form that <c>/v1/batch</c> takes, read by the HTTP intake's own
/// parser. The event's id is its <c>messageId</c>; without one it is made of the line.
/// </summary>
/// <param name="mapping">What the export calls its events; null where it uses the specification's names.</param>
internal sealed class SegmentNdjsonFormat(EventMapping? mapping = null) : IEventFormat
{
    public string Name => "segment_ndjson";

    public string Description => "Segment messages, one JSON object a line";

    public IReadOnlyList<string> FileEndings { get; } = [".ndjson", ".jsonl"];

    public IEnumerable<ReplayItem> Read(DataFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var parser = new RecordedItems();
        var index = 0;
        foreach (var line in file.ReadLines()) yield return Convert(file, parser, line, index++);
    }

    private ReplayItem Convert(DataFile file, RecordedItems parser, TextLine line, int index)
    {
        if (line.IsCut) return Malformed(LineCodes.TooLarge, LineReader.TooLong);
        return parser.TryRead(Encoding.UTF8.GetBytes(Renamed(line.Text)), out var customerEvent, out var code, out var message)
            ? new ReplayItem(index, customerEvent, null)
            : Malformed(code, message);

        ReplayItem Malformed(string reason, string text) =>
            new(index, null, new MalformedLine(reason, $"{file.Name}:{line.Number}: {text}", line.Text));
    }

    /// <summary>The line with the specification's name of its event; a line that is no object is left for the parser to refuse.</summary>
    private string Renamed(string line)
    {
        if (mapping is null || mapping.Events.Count == 0) return line;
        try
        {
            if (JsonNode.Parse(line) is not JsonObject item || item["event"] is not JsonValue value || !value.TryGetValue(out string? name)
                || !mapping.Events.ContainsKey(name)) return line;
            item["event"] = EventNames.SegmentName(mapping.KindOf(name));
            return item.ToJsonString();
        }
        catch (Exception problem) when (problem is JsonException or ArgumentException)
        {
            // Damaged, or a key twice: the intake's parser says what is wrong with it.
            return line;
        }
    }
}
