namespace RealtimeInsight.Domain.Identity;

/// <summary>
/// The key of one customer actor. A known person has the shop's own user id; an anonymous visitor has
/// <c>anon:</c> followed by the visitor id, so that the two name spaces cannot meet.
/// </summary>
public readonly record struct CustomerId : IComparable<CustomerId>
{
    public const int LengthMax = 256;
    public const string VisitorPrefix = "anon:";

    private readonly string? _value;

    private CustomerId(string value) => _value = value;

    public string Value => _value ?? "";

    public bool IsVisitor => Value.StartsWith(VisitorPrefix, StringComparison.Ordinal);

    public bool IsEmpty => string.IsNullOrEmpty(_value);

    /// <summary>XXH64 of the UTF-8 value: routes to a shard, draws the hold-out; stable across versions and machines.</summary>
    public ulong StableHash => Text.StableHash.Of(Value);

    /// <summary>The id of a known customer.</summary>
    /// <exception cref="ArgumentException">
    /// Empty, longer than 256 characters, with a control character, or starting with <c>anon:</c>.
    /// </exception>
    public static CustomerId FromUser(string userId) =>
        TryFromUser(userId, out var id, out var problem) ? id : throw new ArgumentException(problem, nameof(userId));

    /// <summary>The id of an anonymous visitor.</summary>
    /// <exception cref="ArgumentException">Empty, longer than 256 characters with its prefix, or with a control character.</exception>
    public static CustomerId FromVisitor(string visitorId) =>
        TryFromVisitor(visitorId, out var id, out var problem) ? id : throw new ArgumentException(problem, nameof(visitorId));

    /// <summary>Reads a key as <see cref="Value"/> wrote it; for stored data and URLs.</summary>
    public static bool TryParse(string? value, out CustomerId id, out string problem)
    {
        id = default;
        problem = Check(value, "customer id");
        if (problem.Length != 0) return false;
        id = new CustomerId(value!);
        return true;
    }

    public static CustomerId Parse(string value) =>
        TryParse(value, out var id, out var problem) ? id : throw new ArgumentException(problem, nameof(value));

    public static bool TryFromUser(string? userId, out CustomerId id, out string problem)
    {
        id = default;
        problem = Check(userId, "userId");
        if (problem.Length == 0 && userId!.StartsWith(VisitorPrefix, StringComparison.Ordinal))
        {
            problem = "userId starts with 'anon:', which marks anonymous visitors; send the part after it as anonymousId";
        }

        if (problem.Length != 0) return false;
        id = new CustomerId(userId!);
        return true;
    }

    public static bool TryFromVisitor(string? visitorId, out CustomerId id, out string problem)
    {
        id = default;
        problem = Check(visitorId, "anonymousId");
        if (problem.Length == 0 && visitorId!.Length > LengthMax - VisitorPrefix.Length)
        {
            problem = $"anonymousId has {visitorId.Length} characters, at most {LengthMax - VisitorPrefix.Length} are allowed";
        }

        if (problem.Length != 0) return false;
        id = new CustomerId(VisitorPrefix + visitorId);
        return true;
    }

    public int CompareTo(CustomerId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;

    private static string Check(string? value, string name)
    {
        if (string.IsNullOrWhiteSpace(value)) return $"{name} is empty; send a non-empty string";
        if (value.Length > LengthMax) return $"{name} has {value.Length} characters, at most {LengthMax} are allowed";
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsControl(value[i])) return $"{name} contains the control character U+{(int)value[i]:X4}; remove it";
            if (!char.IsSurrogate(value[i])) continue;
            if (i + 1 < value.Length && char.IsSurrogatePair(value[i], value[i + 1])) i++;
            else return $"{name} contains a lone surrogate at position {i}; send valid Unicode";
        }

        return "";
    }
}
