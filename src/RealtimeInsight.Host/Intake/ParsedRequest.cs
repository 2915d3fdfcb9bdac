using System.Text;
using System.Text.RegularExpressions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Intake;

/// <summary>The items of one request: events with their positions, and rejects.</summary>
internal sealed partial class ParsedRequest
{
    public const string BatchCall = "batch";
    private const string HttpSource = "http";

    private readonly List<CustomerEvent> _events = [];
    private readonly List<int> _positions = [];
    private readonly List<RejectedItem> _rejects = [];

    /// <summary>The way in, which its rejects name.</summary>
    public string Source { get; init; } = HttpSource;

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
    /// <param name="envelope">What its batch says for all items, as a JSON object; null where it says nothing.</param>
    public void Reject(DateTimeOffset receivedAt, int position, ItemProblem problem, CallType? call, string item, string? envelope) =>
        _rejects.Add(RejectOf(receivedAt, position, problem, call, item, IntakeOptions.EventBytesMax) with
        {
            Source = Source, Envelope = envelope,
        });

    /// <summary>The reject of an item or a whole request; its text is kept up to a length, without the key that came with it.</summary>
    /// <param name="call">Null for a batch.</param>
    public static RejectedItem RejectOf(
        DateTimeOffset receivedAt, int position, ItemProblem problem, CallType? call, string text, int lengthMax) =>
        new(Instant.From(receivedAt), HttpSource, position, problem.Code, problem.Message, Payload(text, lengthMax))
        {
            Call = call is { } type ? NameOf(type) : BatchCall,
            // Of a request that is too large, no more than the limit was read.
            IsCut = text.Length > lengthMax || (position < 0 && problem.Code == RejectCodes.TooLarge),
        };

    /// <summary>The call's path under <c>/v1</c>, which is the <c>type</c> of an item too.</summary>
    public static string NameOf(CallType type) => type switch
    {
        CallType.Track => "track",
        CallType.Identify => "identify",
        CallType.Page => "page",
        CallType.Screen => "screen",
        CallType.Group => "group",
        _ => "alias",
    };

    public static string TextOf(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body);

    private static string Payload(string text, int lengthMax) =>
        WriteKey().Replace(FieldReader.Cut(text, lengthMax) ?? "", "$1\"[redacted]\"");

    [GeneratedRegex("(\"writeKey\"\\s*:\\s*)\"(?:[^\"\\\\]|\\\\.)*(?:\"|$)", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WriteKey();
}
