using System.Runtime.InteropServices;
using System.Text.Json;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;
using EventId = RealtimeInsight.Domain.Events.EventId;

namespace RealtimeInsight.Host.Intake;

/// <summary>One item of a Segment call to one canonical event, or the reason why not. Not thread-safe: one for each request.</summary>
internal sealed class EventParser(TimeSpan futureMax)
{
    private const int CustomNameLengthMax = 200;
    private const int SubjectLengthMax = 512;
    private const int TraitsMax = 32;
    private const int TraitLengthMax = 256;

    private readonly FieldReader _fields = new();

    /// <summary>Reads one item. <paramref name="type"/> is null in a batch, where the item names its own.</summary>
    /// <returns>The event, or null with a <paramref name="problem"/>.</returns>
    public CustomerEvent? Parse(JsonElement item, CallType? type, Envelope envelope, int index, out ItemProblem problem)
    {
        _fields.Reset();
        CustomerEvent? parsed = null;
        try
        {
            parsed = ParseFields(item, type, envelope, index);
        }
        catch (InvalidOperationException)
        {
            // The reader says so for an escape such as a lone surrogate, which is grammatical JSON but not Unicode text.
            _fields.Reject(RejectCodes.InvalidJson, "a string in the event is not valid Unicode; send well-formed escapes");
        }

        problem = _fields.Problem ?? default;
        return _fields.Problem is null ? parsed : null;
    }

    private CustomerEvent? ParseFields(JsonElement item, CallType? given, Envelope envelope, int index)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            _fields.Reject(RejectCodes.WrongType, $"the event is {FieldReader.TypeName(item)}; send an object");
            return null;
        }

        var raw = JsonMarshal.GetRawUtf8Value(item);
        if (raw.Length > IntakeOptions.EventBytesMax)
        {
            _fields.Reject(
                RejectCodes.TooLarge, $"the event has {raw.Length} bytes, at most {IntakeOptions.EventBytesMax} are allowed; split it");
            return null;
        }

        if ((given ?? TypeOf(item)) is not { } type) return null;
        var context = new ContextReader(_fields, item, envelope.Context);
        var people = People(item, type);
        var occurredAt = OccurredAt(item, envelope);
        if (_fields.Problem is not null) return null;
        var common = new CustomerEvent
        {
            Id = IdOf(item, raw, envelope.ReceivedAt, index),
            Kind = EventKind.Custom,
            Customer = people.Customer,
            Visitor = people.Visitor,
            OccurredAt = occurredAt,
            IngestedAt = Instant.From(envelope.ReceivedAt),
            TimeZone = context.TimeZone(),
            TraceParent = envelope.TraceParent,
        };
        return ByType(common, type, item, context);
    }

    private CustomerEvent ByType(CustomerEvent common, CallType type, JsonElement item, ContextReader context) => type switch
    {
        CallType.Track => Track(common, item, context),
        CallType.Identify => common with { Kind = EventKind.Identified, Traits = Traits(_fields.Object(item, "traits"u8)) },
        CallType.Page or CallType.Screen => Page(common, item, context),
        CallType.Group => common with { Kind = EventKind.Custom, CustomName = "group", Subject = Required(item, "groupId"u8) },
        _ => common with { Kind = EventKind.Identified },
    };

    private CustomerEvent Track(CustomerEvent common, JsonElement item, ContextReader context)
    {
        var name = FieldReader.Cut(Required(item, "event"u8)?.Trim(), CustomNameLengthMax);
        var kind = EventNames.KindOf(name);
        var properties = _fields.Object(item, "properties"u8);
        return kind == EventKind.Custom
            ? common with { CustomName = name }
            : new PropertiesReader(_fields, properties, context).Read(common with { Kind = kind });
    }

    private CustomerEvent Page(CustomerEvent common, JsonElement item, ContextReader context)
    {
        var properties = _fields.Object(item, "properties"u8);
        var subject = _fields.Text(properties, "path"u8, SubjectLengthMax)
            ?? context.PagePath(SubjectLengthMax)
            ?? _fields.Text(item, "name"u8, SubjectLengthMax)
            ?? _fields.Text(properties, "url"u8, SubjectLengthMax);
        return common with { Kind = EventKind.PageViewed, Subject = subject };
    }

    private CallType? TypeOf(JsonElement item)
    {
        var text = Required(item, "type"u8);
        if (text is null) return null;
        CallType? type = text switch
        {
            "track" => CallType.Track,
            "identify" => CallType.Identify,
            "page" => CallType.Page,
            "screen" => CallType.Screen,
            "group" => CallType.Group,
            "alias" => CallType.Alias,
            _ => null,
        };
        if (type is null)
        {
            _fields.Reject(RejectCodes.UnsupportedType,
                $"type is {FieldReader.Shown(text)}; send track, identify, page, screen, group or alias");
        }

        return type;
    }

    /// <summary>Whose actor gets the event: the user where known, else the visitor; both sent together are one person.</summary>
    private (CustomerId Customer, CustomerId? Visitor) People(JsonElement item, CallType type)
    {
        var userText = _fields.Text(item, "userId"u8);
        var visitorText = type == CallType.Alias
            ? Required(item, "previousId"u8) ?? ""
            : _fields.Text(item, "anonymousId"u8);
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

        return user.IsEmpty ? (visitor, null) : (user, visitor.IsEmpty ? null : visitor);
    }

    private Instant OccurredAt(JsonElement item, Envelope envelope)
    {
        var original = _fields.Time(item, "originalTimestamp"u8) ?? _fields.Time(item, "timestamp"u8);
        var sentAt = _fields.Time(item, "sentAt"u8) ?? envelope.SentAt;
        var occurredAt = Timestamps.Correct(envelope.ReceivedAt, sentAt, original, futureMax, out var ahead);
        if (ahead > TimeSpan.Zero)
        {
            _fields.Reject(RejectCodes.FutureTimestamp,
                $"timestamp is {ahead.TotalSeconds:F0} s ahead of the server's clock, at most {futureMax.TotalSeconds:F0} s are allowed; "
                + "send timestamp and sentAt from the same clock");
        }

        return occurredAt;
    }

    /// <summary>The sender's message id; without one, made of the content, the place in the request and the time of receipt.</summary>
    private EventId IdOf(JsonElement item, ReadOnlySpan<byte> raw, DateTimeOffset receivedAt, int index)
    {
        var text = _fields.Text(item, "messageId"u8);
        if (string.IsNullOrEmpty(text))
        {
            var seed = unchecked((ulong)receivedAt.UtcTicks + ((ulong)index << 48));
            return EventId.Parse($"made-{StableHash.Of(raw, seed):x16}{StableHash.Of(raw, ~seed):x16}");
        }

        if (!EventId.TryParse(text, out var id, out var problem)) _fields.Reject(RejectCodes.InvalidId, problem);
        return id;
    }

    private string? Required(JsonElement item, ReadOnlySpan<byte> name)
    {
        var text = _fields.Text(item, name);
        if (!string.IsNullOrWhiteSpace(text)) return text;
        var shown = System.Text.Encoding.UTF8.GetString(name);
        _fields.Reject(RejectCodes.MissingField, $"{shown} is missing; send a non-empty string");
        return null;
    }

    /// <summary>Flattens traits to dotted names and text; what is over the limit of entries is left out.</summary>
    private static Dictionary<string, string>? Traits(JsonElement traits)
    {
        if (traits.ValueKind != JsonValueKind.Object) return null;
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        Flatten(traits, "", flat);
        return flat.Count == 0 ? null : flat;
    }

    private static void Flatten(JsonElement node, string prefix, Dictionary<string, string> flat)
    {
        foreach (var property in node.EnumerateObject())
        {
            if (flat.Count >= TraitsMax) return;
            var name = FieldReader.Cut(prefix + property.Name, TraitLengthMax);
            if (name is null) continue;
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object: Flatten(property.Value, name + ".", flat); break;
                case JsonValueKind.Null: break;
                case JsonValueKind.String: flat[name] = FieldReader.Cut(property.Value.GetString(), TraitLengthMax) ?? ""; break;
                default: flat[name] = FieldReader.Cut(property.Value.GetRawText(), TraitLengthMax)!; break;
            }
        }
    }
}
