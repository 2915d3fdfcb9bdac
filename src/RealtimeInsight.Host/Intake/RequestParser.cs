using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using RealtimeInsight.Host.Intake.Json;

namespace RealtimeInsight.Host.Intake;

/// <summary>
/// A request's JSON to its items. Whole-request faults are a problem; a fault of an item leaves its neighbours alone. Reused from request
/// to request, because it keeps its tables and the strings that come again; not thread-safe.
/// </summary>
internal sealed class RequestParser
{
    private readonly JsonTable _table = new();
    private readonly JsonFields _root = new();
    private readonly FieldReader _fields;
    private readonly EventParser _events;

    public RequestParser(TimeSpan futureMax)
    {
        _fields = new FieldReader(_table);
        _events = new EventParser(_fields, futureMax);
    }

    /// <summary>
    /// Reads the body as JSON; false with a <paramref name="problem"/> where it is none. The memory of the body is used until
    /// <see cref="Clear"/>.
    /// </summary>
    public bool TryReadJson(ReadOnlyMemory<byte> body, out ItemProblem problem)
    {
        problem = default;
        if (!Utf8.IsValid(body.Span))
        {
            problem = new ItemProblem(RejectCodes.InvalidJson, "the body is not valid UTF-8; encode it as UTF-8");
            return false;
        }

        try
        {
            _table.Read(body);
        }
        catch (JsonDepthException)
        {
            problem = new ItemProblem(RejectCodes.InvalidJson,
                $"the body is nested too deeply; send at most {JsonTable.DepthMax} objects and arrays within one another");
            return false;
        }
        catch (JsonException fault)
        {
            if (NonFiniteNumbers.Quote(body.Span) is not { } quoted || !TryRead(quoted))
            {
                problem = new ItemProblem(RejectCodes.InvalidJson,
                    $"the body is not JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}; send one JSON object");
                return false;
            }
        }

        _root.Open(_table, JsonTable.Root);
        return true;
    }

    /// <summary>Lets go of the body's memory.</summary>
    public void Clear() => _table.Clear();

    /// <summary>The <c>writeKey</c> of the body; null without one.</summary>
    public string? WriteKey()
    {
        // One that is not Unicode text is none: no key has such a form.
        return _root.TryFind(JsonName.WriteKey, out var index) && _table.KindOf(index) == JsonKind.String
            && _table.TryUtf8(index, out var utf8) ? Encoding.UTF8.GetString(utf8) : null;
    }

    /// <summary>The items of the body: one event of <paramref name="type"/>, or a batch where that is null.</summary>
    /// <returns>What is wrong with the request as a whole; null where its items were read, each on its own.</returns>
    public ItemProblem? Parse(CallType? type, DateTimeOffset receivedAt, string? traceParent, ParsedRequest parsed)
    {
        if (type is not null)
        {
            _events.ShareContext(-1);
            parsed.Expect(1);
            ParseItem(JsonTable.Root, type, new Envelope(receivedAt, null, traceParent), 0, parsed);
            return null;
        }

        return Shared(new Envelope(receivedAt, null, traceParent), out var envelope) ?? ParseBatch(envelope, parsed);
    }

    /// <summary>A recorded item, received when it says so; null with a <paramref name="problem"/>.</summary>
    public Domain.Events.CustomerEvent? ParseRecorded(out ItemProblem problem)
    {
        if (ReceivedAt(out problem) is not { } receivedAt) return null;
        _events.ShareContext(-1);
        return _events.Parse(JsonTable.Root, null, new Envelope(receivedAt, null, null), 0, out problem);
    }

    /// <summary>
    /// A message of a stream into events and rejects of <paramref name="parsed"/>: an item that names its own type, or a whole batch.
    /// </summary>
    /// <param name="messageId">Id of an item that brings none; those of a batch get its number added.</param>
    /// <param name="traceParent">W3C trace context of the message; null without one.</param>
    public void ReadMessage(
        ReadOnlyMemory<byte> body, string? messageId, DateTimeOffset receivedAt, ParsedRequest parsed, string? traceParent = null)
    {
        // Numbers go on over the messages of a request: ids that are made of the content have to differ.
        var first = parsed.Events.Count + parsed.Rejects.Count;
        if (!TryReadJson(body, out var unread))
        {
            parsed.Reject(receivedAt, first, unread, null, Encoding.UTF8.GetString(body.Span), null);
            return;
        }

        var envelope = new Envelope(receivedAt, null, traceParent, messageId);
        if (!_root.TryFind(JsonName.Batch, out _) || _root.TryFind(JsonName.Type, out _))
        {
            _events.ShareContext(-1);
            ParseItem(JsonTable.Root, null, envelope, first, parsed);
            return;
        }

        if ((Shared(envelope, out envelope) ?? ParseBatch(envelope, parsed, first)) is { } whole)
        {
            parsed.Reject(receivedAt, first, whole, null, Encoding.UTF8.GetString(_table.Raw(JsonTable.Root)), null);
        }
    }

    /// <summary>Reads what the root says for all items of a batch.</summary>
    private ItemProblem? Shared(in Envelope given, out Envelope envelope)
    {
        _fields.Reset();
        envelope = given with { SentAt = _fields.Time(_root, JsonName.SentAt) };
        _events.ShareContext(_fields.Object(_root, JsonName.Context));
        if (_fields.Problem is not { } problem) return null;
        return problem.Code == RejectCodes.InvalidJson
            ? problem with { Message = "a string of the request is not valid Unicode; send well-formed escapes" }
            : problem;
    }

    private ItemProblem? ParseBatch(in Envelope envelope, ParsedRequest parsed, int first = 0)
    {
        if (_table.KindOf(JsonTable.Root) != JsonKind.Object)
        {
            return new ItemProblem(
                RejectCodes.WrongType, $"the body is {_fields.TypeName(JsonTable.Root)}; send an object with the array 'batch'");
        }

        if (!_root.TryFind(JsonName.Batch, out var batch))
        {
            return new ItemProblem(RejectCodes.MissingField, "batch is missing; send an array of events under 'batch'");
        }

        if (_table.KindOf(batch) != JsonKind.Array)
        {
            return new ItemProblem(RejectCodes.WrongType, $"batch is {_fields.TypeName(batch)}; send an array of events");
        }

        var count = _table.CountIn(batch);
        if (count == 0) return new ItemProblem(RejectCodes.MissingField, "batch is empty; send at least one event");
        if (count > IntakeOptions.BatchEventsMax)
        {
            return new ItemProblem(RejectCodes.TooMany,
                $"batch has {count} events, at most {IntakeOptions.BatchEventsMax} are allowed; split it");
        }

        parsed.Expect(count);
        var item = JsonTable.First(batch);
        for (var index = 0; index < count; index++, item = _table[item].Next)
        {
            var own = envelope.MessageId is null ? envelope : envelope with { MessageId = $"{envelope.MessageId}-{index}" };
            ParseItem(item, null, own, first + index, parsed);
        }

        return null;
    }

    private void ParseItem(int item, CallType? type, in Envelope envelope, int index, ParsedRequest parsed)
    {
        var read = _events.Parse(item, type, envelope, index, out var problem);
        if (read is not null) parsed.Add(read, index);
        else parsed.Reject(envelope.ReceivedAt, index, problem, type, Encoding.UTF8.GetString(_table.Raw(item)), EnvelopeOf(type));
    }

    /// <summary>What a batch says for all of its items; null where it says nothing, or more than an item may hold.</summary>
    private string? EnvelopeOf(CallType? type)
    {
        if (type is not null) return null;
        var text = new StringBuilder();
        AddMember(text, JsonName.SentAt, "sentAt");
        AddMember(text, JsonName.Context, "context");
        return text.Length is 0 or > IntakeOptions.EventBytesMax ? null : text.Append('}').ToString();
    }

    private void AddMember(StringBuilder text, JsonName name, string written)
    {
        if (!_root.TryFind(name, out var index)) return;
        text.Append(text.Length == 0 ? '{' : ',').Append('"').Append(written).Append("\":");
        text.Append(Encoding.UTF8.GetString(_table.Raw(index)));
    }

    private DateTimeOffset? ReceivedAt(out ItemProblem problem)
    {
        _fields.Reset();
        if (_table.KindOf(JsonTable.Root) != JsonKind.Object)
        {
            _fields.Reject(RejectCodes.WrongType, $"the event is {_fields.TypeName(JsonTable.Root)}; send an object");
        }

        var at = _fields.Time(_root, JsonName.ReceivedAt) ?? _fields.Time(_root, JsonName.SentAt)
            ?? _fields.Time(_root, JsonName.OriginalTimestamp) ?? _fields.Time(_root, JsonName.Timestamp);
        if (at is null) _fields.Reject(RejectCodes.MissingField, "the event has no time; a recorded event needs its timestamp");
        problem = _fields.Problem ?? default;
        return _fields.Problem is null ? at : null;
    }

    private bool TryRead(ReadOnlyMemory<byte> json)
    {
        try
        {
            _table.Read(json);
            return true;
        }
        catch (JsonException)
        {
            // Still no JSON: the first reading's message is the one that helps.
            return false;
        }
    }
}
