using System.Text;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Cli.Replay;

/// <summary>
/// Segment messages as archives keep them: one JSON object a line, in the form that <c>/v1/batch</c> takes, read by the HTTP intake's own
/// parser. The event's id is its <c>messageId</c>; without one it is made of the line.
/// </summary>
internal sealed class SegmentNdjsonFormat : IEventFormat
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

    private static ReplayItem Convert(DataFile file, RecordedItems parser, TextLine line, int index)
    {
        if (line.IsCut) return Malformed(LineCodes.TooLarge, LineReader.TooLong);
        return parser.TryRead(Encoding.UTF8.GetBytes(line.Text), out var customerEvent, out var code, out var message)
            ? new ReplayItem(index, customerEvent, null)
            : Malformed(code, message);

        ReplayItem Malformed(string reason, string text) =>
            new(index, null, new MalformedLine(reason, $"{file.Name}:{line.Number}: {text}", line.Text));
    }
}
