using System.Text;
using System.Text.RegularExpressions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Intake;

/// <summary>The items of one request: events with their positions, and rejects.</summary>
internal sealed partial class ParsedRequest
{
    private const string Source = "http";

    private readonly List<CustomerEvent> _events = [];
    private readonly List<int> _positions = [];
    private readonly List<RejectedItem> _rejects = [];

    public IReadOnlyList<CustomerEvent> Events => _events;

    public IReadOnlyList<RejectedItem> Rejects => _rejects;

    /// <summary>Position in the request of the event at <paramref name="index"/> of <see cref="Events"/>.</summary>
    public int PositionOf(int index) => _positions[index];

    /// <summary>Makes room for the items of a request.</summary>
    public void Expect(int count)
    {
        _events.EnsureCapacity(_events.Count + count);
        _positions.EnsureCapacity(_positions.Count + count);
    }

    public IngestBatch ToBatch() => new(_events, _rejects);

    public void Add(CustomerEvent accepted, int position)
    {
        _events.Add(accepted);
        _positions.Add(position);
    }

    /// <param name="item">The item as it was sent.</param>
    public void Reject(DateTimeOffset receivedAt, int position, ItemProblem problem, string item) =>
        _rejects.Add(RejectOf(receivedAt, position, problem, Payload(item)));

    public static RejectedItem RejectOf(DateTimeOffset receivedAt, int position, ItemProblem problem, string payload) =>
        new(Instant.From(receivedAt), Source, position, problem.Code, problem.Message, payload);

    public static string PayloadOf(ReadOnlySpan<byte> body)
    {
        var cut = body[..Math.Min(body.Length, IntakeOptions.EventBytesMax)];
        return Payload(Encoding.UTF8.GetString(cut));
    }

    /// <summary>Cut to what the store keeps, without the key that came with it.</summary>
    private static string Payload(string text) =>
        WriteKey().Replace(FieldReader.Cut(text, IntakeOptions.EventBytesMax) ?? "", "$1\"[redacted]\"");

    [GeneratedRegex("(\"writeKey\"\\s*:\\s*)\"(?:[^\"\\\\]|\\\\.)*(?:\"|$)", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WriteKey();
}
