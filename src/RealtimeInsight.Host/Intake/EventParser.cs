using System.Text;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Host.Intake.Json;
using EventId = RealtimeInsight.Domain.Events.EventId;

namespace RealtimeInsight.Host.Intake;

/// <summary>One item of a Segment call to one canonical event, or the reason why not. Not thread-safe.</summary>
internal sealed class EventParser
{
    private const int CustomNameLengthMax = 200;
    private const int SubjectLengthMax = 512;
    private const int TraitsMax = 32;
    private const int TraitLengthMax = 256;

    private readonly TimeSpan _futureMax;
    private readonly JsonTable _table;
    private readonly FieldReader _fields;
    private readonly ContextReader _context;
    private readonly PropertiesReader _commerce;
    private readonly JsonFields _item = new();
    private readonly JsonFields _properties = new();
    private string? _lastName;
    private EventKind _lastKind;

    /// <param name="fields">Reader of the document whose items are parsed.</param>
    /// <param name="futureMax">How far ahead of the time of receipt an event may be.</param>
    public EventParser(FieldReader fields, TimeSpan futureMax)
    {
        _futureMax = futureMax;
        _fields = fields;
        _table = fields.Table;
        _context = new ContextReader(fields);
        _commerce = new PropertiesReader(fields, _properties, _context);
    }

    /// <summary>Goes to the context that the items of a batch share; -1 where there is none.</summary>
    public void ShareContext(int context) => _context.OpenShared(context);

    /// <summary>Reads one item. <paramref name="type"/> is null in a batch, where the item names its own.</summary>
    /// <returns>The event, or null with a <paramref name="problem"/>.</returns>
    public CustomerEvent? Parse(int item, CallType? type, in Envelope envelope, int index, out ItemProblem problem)
    {
        _fields.Reset();
        var draft = default(EventDraft);
        Fill(ref draft, item, type, envelope, index);
        problem = _fields.Problem ?? default;
        return _fields.Problem is null ? draft.ToEvent() : null;
    }

    private void Fill(ref EventDraft draft, int item, CallType? given, in Envelope envelope, int index)
    {
        if (_table.KindOf(item) != JsonKind.Object)
        {
            _fields.Reject(RejectCodes.WrongType, $"the event is {_fields.TypeName(item)}; send an object");
            return;
        }

        var length = _table[item].Length;
        if (length > IntakeOptions.EventBytesMax)
        {
            _fields.Reject(
                RejectCodes.TooLarge, $"the event has {length} bytes, at most {IntakeOptions.EventBytesMax} are allowed; split it");
            return;
        }

        _item.Open(_table, item);
        if ((given ?? TypeOf()) is not { } type) return;
        _context.OpenItem(_item);
        ReadPeople(ref draft, type);
        draft.OccurredAt = OccurredAt(envelope);
        if (_fields.Problem is not null) return;
        draft.Id = IdOf(item, envelope, index);
        draft.IngestedAt = Instant.From(envelope.ReceivedAt);
        draft.TimeZone = _context.TimeZone();
        draft.TraceParent = envelope.TraceParent;
        ReadByType(ref draft, type);
    }

    private void ReadByType(ref EventDraft draft, CallType type)
    {
        switch (type)
        {
            case CallType.Track:
                ReadTrack(ref draft);
                break;
            case CallType.Identify:
                draft.Kind = EventKind.Identified;
                draft.Traits = Traits(_fields.Object(_item, JsonName.Traits));
                break;
            case CallType.Page or CallType.Screen:
                ReadPage(ref draft);
                break;
            case CallType.Group:
                draft.CustomName = "group";
                draft.Subject = Required(JsonName.GroupId);
                break;
            default:
                draft.Kind = EventKind.Identified;
                draft.Subject = CustomerEvent.AliasSubject;
                break;
        }
    }

    private void ReadTrack(ref EventDraft draft)
    {
        var name = FieldReader.Cut(Required(JsonName.Event)?.Trim(), CustomNameLengthMax);

        // The same few names come again and again, often in a row, and each is one string.
        if (!ReferenceEquals(name, _lastName)) (_lastName, _lastKind) = (name, EventNames.KindOf(name));
        draft.Kind = _lastKind;
        _properties.Open(_table, _fields.Object(_item, JsonName.Properties));
        if (draft.Kind == EventKind.Custom) draft.CustomName = name;
        else _commerce.Read(ref draft);
    }

    private void ReadPage(ref EventDraft draft)
    {
        draft.Kind = EventKind.PageViewed;
        _properties.Open(_table, _fields.Object(_item, JsonName.Properties));
        draft.Subject = _fields.Label(_properties, JsonName.Path, SubjectLengthMax)
            ?? _context.PagePath(SubjectLengthMax)
            ?? _fields.Label(_item, JsonName.Name, SubjectLengthMax)
            ?? _fields.Label(_properties, JsonName.Url, SubjectLengthMax);
    }

    private CallType? TypeOf()
    {
        if (!_fields.TryUtf8(_item, JsonName.Type, out var utf8))
        {
            Missing(JsonName.Type);
            return null;
        }

        if (utf8.SequenceEqual("track"u8)) return CallType.Track;
        if (utf8.SequenceEqual("page"u8)) return CallType.Page;
        if (utf8.SequenceEqual("identify"u8)) return CallType.Identify;
        if (utf8.SequenceEqual("screen"u8)) return CallType.Screen;
        if (utf8.SequenceEqual("group"u8)) return CallType.Group;
        if (utf8.SequenceEqual("alias"u8)) return CallType.Alias;
        var text = Encoding.UTF8.GetString(utf8);
        if (string.IsNullOrWhiteSpace(text)) Missing(JsonName.Type);
        _fields.Reject(
            RejectCodes.UnsupportedType, $"type is {FieldReader.Shown(text)}; send track, identify, page, screen, group or alias");
        return null;
    }

    /// <summary>Whose actor gets the event: the user where known, else the visitor; both sent together are one person.</summary>
    private void ReadPeople(ref EventDraft draft, CallType type)
    {
        var userText = _fields.Label(_item, JsonName.UserId);
        var visitorText = type == CallType.Alias ? Required(JsonName.PreviousId) ?? "" : _fields.Label(_item, JsonName.AnonymousId);
        CustomerId user = default, visitor = default;
        if (!string.IsNullOrEmpty(userText) && !CustomerId.TryFromUser(userText, out user, out var problem))
        {
            _fields.Reject(RejectCodes.InvalidId, problem);
        }

        if (!string.IsNullOrEmpty(visitorText) && !CustomerId.TryFromVisitor(visitorText, out visitor, out problem))
        {
            _fields.Reject(RejectCodes.InvalidId, problem);
        }

        if (user.IsEmpty && (visitor.IsEmpty || type == CallType.Alias))
        {
            _fields.Reject(RejectCodes.MissingId, type == CallType.Alias
                ? "alias has no userId; send previousId and userId"
                : "the event has neither userId nor anonymousId; send at least one");
        }

        draft.Customer = user.IsEmpty ? visitor : user;
        draft.Visitor = user.IsEmpty || visitor.IsEmpty ? null : visitor;
    }

    private Instant OccurredAt(in Envelope envelope)
    {
        var original = _fields.Time(_item, JsonName.OriginalTimestamp) ?? _fields.Time(_item, JsonName.Timestamp);
        var sentAt = _fields.Time(_item, JsonName.SentAt) ?? envelope.SentAt;
        var occurredAt = Timestamps.Correct(envelope.ReceivedAt, sentAt, original, _futureMax, out var ahead);
        if (ahead > TimeSpan.Zero)
        {
            _fields.Reject(RejectCodes.FutureTimestamp,
                $"timestamp is {ahead.TotalSeconds:F0} s ahead of the server's clock, at most {_futureMax.TotalSeconds:F0} s are allowed; "
                + "send timestamp and sentAt from the same clock");
        }

        return occurredAt;
    }

    /// <summary>The sender's message id; without one, made of the content, the place in the request and the time of receipt.</summary>
    private EventId IdOf(int item, in Envelope envelope, int index)
    {
        var text = _fields.Text(_item, JsonName.MessageId);
        if (string.IsNullOrEmpty(text)) text = envelope.MessageId;
        if (string.IsNullOrEmpty(text))
        {
            var raw = _table.Raw(item);
            var seed = unchecked((ulong)envelope.ReceivedAt.UtcTicks + ((ulong)index << 48));
            return EventId.Parse($"made-{StableHash.Of(raw, seed):x16}{StableHash.Of(raw, ~seed):x16}");
        }

        if (!EventId.TryParse(text, out var id, out var problem)) _fields.Reject(RejectCodes.InvalidId, problem);
        return id;
    }

    private string? Required(JsonName name)
    {
        var text = _fields.Label(_item, name);
        if (!string.IsNullOrWhiteSpace(text)) return text;
        Missing(name);
        return null;
    }

    private void Missing(JsonName name) =>
        _fields.Reject(RejectCodes.MissingField, $"{JsonNames.Text(name)} is missing; send a non-empty string");

    /// <summary>Flattens traits to dotted names and text; what is over the limit of entries is left out.</summary>
    private Dictionary<string, string>? Traits(int traits)
    {
        if (traits < 0) return null;
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        Flatten(traits, "", flat);
        return flat.Count == 0 ? null : flat;
    }

    private void Flatten(int node, string prefix, Dictionary<string, string> flat)
    {
        var end = _table.End(node);
        for (var child = JsonTable.First(node); child < end; child = _table[child].Next)
        {
            if (flat.Count >= TraitsMax) return;
            if (_fields.NameAt(child) is not { } own) return;
            var name = FieldReader.Cut(prefix.Length == 0 ? own : prefix + own, TraitLengthMax);
            if (name is null) continue;
            switch (_table.KindOf(child))
            {
                case JsonKind.Object: Flatten(child, name + ".", flat); break;
                case JsonKind.Null: break;
                case JsonKind.String: flat[name] = FieldReader.Cut(_fields.LabelAt(child), TraitLengthMax) ?? ""; break;
                default: flat[name] = FieldReader.Cut(Encoding.UTF8.GetString(_table.Raw(child)), TraitLengthMax)!; break;
            }
        }
    }
}
