using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RealtimeInsight.Host.Intake;

/// <summary>
/// Reads typed fields of one item's JSON. The first problem found is kept; later reads go on harmlessly, so that a caller reads
/// everything and checks once. Not thread-safe; <see cref="Reset"/> between items.
/// </summary>
internal sealed class FieldReader
{
    /// <summary>Prices and values above this cannot be real and would overflow sums.</summary>
    public const decimal MoneyMax = 1_000_000_000_000m;

    public const int QuantityMax = 1_000_000;
    public const int IdentifierLengthMax = 256;
    private const int ShownLengthMax = 40;

    public ItemProblem? Problem { get; private set; }

    public void Reset() => Problem = null;

    public void Reject(string code, string message) => Problem ??= new ItemProblem(code, message);

    /// <summary>A nested object; an element of kind <see cref="JsonValueKind.Undefined"/> where it is absent or null.</summary>
    public JsonElement Object(JsonElement parent, ReadOnlySpan<byte> name)
    {
        if (!TryFind(parent, name, out var value)) return default;
        if (value.ValueKind == JsonValueKind.Object) return value;
        WrongType(name, value, "an object");
        return default;
    }

    /// <summary>A string; null where absent or null. Other types are wrong.</summary>
    public string? Text(JsonElement parent, ReadOnlySpan<byte> name)
    {
        if (!TryFind(parent, name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        WrongType(name, value, "a string");
        return null;
    }

    /// <summary>A string cut to <paramref name="lengthMax"/> characters; blank counts as absent.</summary>
    public string? Text(JsonElement parent, ReadOnlySpan<byte> name, int lengthMax) => Cut(Text(parent, name), lengthMax);

    /// <summary>The first of two names that is there.</summary>
    public string? Text(JsonElement parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> other, int lengthMax) =>
        Text(parent, name, lengthMax) ?? Text(parent, other, lengthMax);

    /// <summary>A string or a whole number taken as text: senders use both for products, carts and orders.</summary>
    public string? Identifier(JsonElement parent, ReadOnlySpan<byte> name)
    {
        if (!TryFind(parent, name, out var value)) return null;
        string? text;
        switch (value.ValueKind)
        {
            case JsonValueKind.String: text = value.GetString(); break;
            case JsonValueKind.Number when value.TryGetInt64(out var number): text = number.ToString(CultureInfo.InvariantCulture); break;
            default:
                WrongType(name, value, "a string");
                return null;
        }

        if (string.IsNullOrWhiteSpace(text)) return null;
        if (text.Length <= IdentifierLengthMax && !HasControl(text)) return text;
        Reject(RejectCodes.InvalidId, text.Length > IdentifierLengthMax
            ? $"{Name(name)} has {text.Length} characters, at most {IdentifierLengthMax} are allowed"
            : $"{Name(name)} contains a control character; remove it");
        return null;
    }

    public string? Identifier(JsonElement parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> other) =>
        Identifier(parent, name) ?? Identifier(parent, other);

    /// <summary>An amount from 0 to <see cref="MoneyMax"/>, as a number or as a string that holds one.</summary>
    public decimal? Money(JsonElement parent, ReadOnlySpan<byte> name)
    {
        if (!TryNumber(parent, name, out var number)) return null;
        if (number is >= 0m and <= MoneyMax) return number;
        Reject(RejectCodes.InvalidNumber, number < 0m
            ? $"{Name(name)} is {number}; send an amount that is 0 or more"
            : $"{Name(name)} is {number}; send an amount up to {MoneyMax}");
        return null;
    }

    /// <summary>Whole pieces, 1 to <see cref="QuantityMax"/>; 1 where absent.</summary>
    public int Quantity(JsonElement parent, ReadOnlySpan<byte> name)
    {
        if (!TryNumber(parent, name, out var number)) return 1;
        if (number is >= 1m and <= QuantityMax && decimal.Truncate(number) == number) return (int)number;
        Reject(RejectCodes.InvalidNumber, $"{Name(name)} is {number}; send a whole number from 1 to {QuantityMax}");
        return 1;
    }

    /// <summary>A rating from 1 to 5; null where absent.</summary>
    public double? Rating(JsonElement parent, ReadOnlySpan<byte> name)
    {
        if (!TryNumber(parent, name, out var number)) return null;
        if (number is >= 1m and <= 5m) return (double)number;
        Reject(RejectCodes.InvalidNumber, $"{Name(name)} is {number}; send a rating from 1 to 5");
        return null;
    }

    /// <summary>An ISO 4217 code in upper case; null where absent.</summary>
    public string? Currency(JsonElement parent, ReadOnlySpan<byte> name)
    {
        var text = Text(parent, name);
        if (text is null) return null;
        if (Currencies.TryGet(text, out var code)) return code;
        Reject(RejectCodes.UnknownCurrency, $"{Name(name)} is {Shown(text)}, which ISO 4217 does not list; send a code such as EUR");
        return null;
    }

    /// <summary>A time in ISO 8601; UTC where it names no offset. Null where absent.</summary>
    public DateTimeOffset? Time(JsonElement parent, ReadOnlySpan<byte> name)
    {
        var text = Text(parent, name);
        if (text is null) return null;
        if (Timestamps.TryParse(text, out var time)) return time;
        Reject(RejectCodes.BadTimestamp,
            $"{Name(name)} is {Shown(text)}; send ISO 8601 from the year 2000 on, such as 2026-03-01T12:00:00.000Z");
        return null;
    }

    public static bool TryFind(JsonElement parent, ReadOnlySpan<byte> name, out JsonElement value)
    {
        value = default;
        return parent.ValueKind == JsonValueKind.Object
            && parent.TryGetProperty(name, out value)
            && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);
    }

    /// <summary>Cuts without splitting a surrogate pair; null for blank text.</summary>
    public static string? Cut(string? text, int lengthMax)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (text.Length <= lengthMax) return text;
        return text[..(char.IsHighSurrogate(text[lengthMax - 1]) ? lengthMax - 1 : lengthMax)];
    }

    public static string Shown(string text) => $"'{Cut(text, ShownLengthMax)}'";

    public void WrongType(ReadOnlySpan<byte> name, JsonElement value, string wanted) =>
        Reject(RejectCodes.WrongType, $"{Name(name)} is {TypeName(value)}; send {wanted}");

    public static string TypeName(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    private bool TryNumber(JsonElement parent, ReadOnlySpan<byte> name, out decimal number)
    {
        number = 0m;
        if (!TryFind(parent, name, out var value)) return false;
        if (value.ValueKind == JsonValueKind.Number)
        {
            if (value.TryGetDecimal(out number)) return true;
            Reject(RejectCodes.InvalidNumber, $"{Name(name)} is {Shown(value.GetRawText())}; send a finite number up to {MoneyMax}");
            return false;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            WrongType(name, value, "a number");
            return false;
        }

        return TryNumber(value.GetString()!, name, out number);
    }

    private bool TryNumber(string text, ReadOnlySpan<byte> name, out decimal number)
    {
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)) return true;
        if (text.Length == 0) return false;
        var code = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? RejectCodes.InvalidNumber
            : RejectCodes.WrongType;
        Reject(code, $"{Name(name)} is {Shown(text)}; send a finite number");
        return false;
    }

    private static bool HasControl(string text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character)) return true;
        }

        return false;
    }

    private static string Name(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name);
}
