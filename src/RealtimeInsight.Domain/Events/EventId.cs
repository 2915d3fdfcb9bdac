namespace RealtimeInsight.Domain.Events;

/// <summary>The sender's idempotency key (Segment: messageId), 1 to 100 characters; a resend with the same id has no effect.</summary>
public readonly record struct EventId
{
    public const int LengthMax = 100;

    private readonly string? _value;

    private EventId(string value)
    {
        _value = value;
        StableHash = Text.StableHash.Of(value);
    }

    public string Value => _value ?? "";

    /// <summary>XXH64 of the UTF-8 value; kept, because admitting, applying and logging an event each ask for it.</summary>
    public ulong StableHash { get; }

    public static bool TryParse(string? value, out EventId id, out string problem)
    {
        id = default;
        problem = value switch
        {
            null or "" => "messageId is empty; leave it out to have one made, or send 1 to 100 characters",
            { Length: > LengthMax } => $"messageId has {value.Length} characters, at most {LengthMax} are allowed",
            _ => "",
        };
        if (problem.Length != 0) return false;
        id = new EventId(value!);
        return true;
    }

    public static EventId Parse(string value) =>
        TryParse(value, out var id, out var problem) ? id : throw new ArgumentException(problem, nameof(value));

    public override string ToString() => Value;
}
