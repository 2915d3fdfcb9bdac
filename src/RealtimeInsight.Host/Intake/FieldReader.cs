using System.Buffers.Text;
using System.Globalization;
using System.Text;
using RealtimeInsight.Host.Intake.Json;

namespace RealtimeInsight.Host.Intake;

/// <summary>
/// Reads typed fields of one item's JSON. The first problem found is kept; later reads go on harmlessly, so that a caller reads
/// everything and checks once. Not thread-safe; <see cref="Reset"/> between items.
/// </summary>
internal sealed class FieldReader(JsonTable table)
{
    /// <summary>Prices and values above this cannot be real and would overflow sums.</summary>
    public const decimal MoneyMax = 1_000_000_000_000m;

    public const int QuantityMax = 1_000_000;
    public const int IdentifierLengthMax = 256;
    private const int ShownLengthMax = 40;

    private readonly TextCache _cache = new();

    public JsonTable Table => table;

    public ItemProblem? Problem { get; private set; }

    public void Reset() => Problem = null;

    public void Reject(string code, string message) => Problem ??= new ItemProblem(code, message);

    /// <summary>Index of a nested object; -1 where it is absent or null.</summary>
    public int Object(JsonFields parent, JsonName name)
    {
        if (!parent.TryFind(name, out var index)) return -1;
        if (table.KindOf(index) == JsonKind.Object) return index;
        WrongType(name, index, "an object");
        return -1;
    }

    /// <summary>A string; null where absent or null. Other types are wrong.</summary>
    public string? Text(JsonFields parent, JsonName name) =>
        TryUtf8(parent, name, out var utf8) ? Encoding.UTF8.GetString(utf8) : null;

    /// <summary>A string cut to <paramref name="lengthMax"/> characters; blank counts as absent.</summary>
    public string? Text(JsonFields parent, JsonName name, int lengthMax) => Cut(Text(parent, name), lengthMax);

    /// <summary>The first of two names that is there.</summary>
    public string? Text(JsonFields parent, JsonName name, JsonName other, int lengthMax) =>
        Text(parent, name, lengthMax) ?? Text(parent, other, lengthMax);

    /// <summary>As a text, for those that come again and again.</summary>
    public string? Label(JsonFields parent, JsonName name) => TryUtf8(parent, name, out var utf8) ? _cache.Get(utf8) : null;

    public string? Label(JsonFields parent, JsonName name, int lengthMax) => Cut(Label(parent, name), lengthMax);

    public string? Label(JsonFields parent, JsonName name, JsonName other, int lengthMax) =>
        Label(parent, name, lengthMax) ?? Label(parent, other, lengthMax);

    /// <summary>A string at an index as a label; null for other types, which is no problem.</summary>
    public string? LabelAt(int index) =>
        index >= 0 && table.KindOf(index) == JsonKind.String && TryUtf8(index, out var utf8) ? _cache.Get(utf8) : null;

    /// <summary>The name that a value has in its object.</summary>
    public string? NameAt(int index)
    {
        if (table.TryNameUtf8(index, out var utf8)) return _cache.Get(utf8);
        NotUnicode();
        return null;
    }

    /// <summary>A string or a whole number taken as text: senders use both for products, carts and orders.</summary>
    public string? Identifier(JsonFields parent, JsonName name)
    {
        if (!parent.TryFind(name, out var index)) return null;
        string? text;
        switch (table.KindOf(index))
        {
            case JsonKind.String:
                text = LabelAt(index);
                break;
            case JsonKind.Number when WholeNumber(index, out var number):
                text = number == 0 ? "0" : _cache.Get(table.Raw(index));
                break;
            default:
                WrongType(name, index, "a string");
                return null;
        }

        if (string.IsNullOrWhiteSpace(text)) return null;
        if (text.Length <= IdentifierLengthMax && !HasControl(text)) return text;
        Reject(RejectCodes.InvalidId, text.Length > IdentifierLengthMax
            ? $"{JsonNames.Text(name)} has {text.Length} characters, at most {IdentifierLengthMax} are allowed"
            : $"{JsonNames.Text(name)} contains a control character; remove it");
        return null;
    }

    public string? Identifier(JsonFields parent, JsonName name, JsonName other) => Identifier(parent, name) ?? Identifier(parent, other);

    /// <summary>An amount from 0 to <see cref="MoneyMax"/>, as a number or as a string that holds one.</summary>
    public decimal? Money(JsonFields parent, JsonName name)
    {
        if (!TryNumber(parent, name, out var number)) return null;
        if (number is >= 0m and <= MoneyMax) return number;
        Reject(RejectCodes.InvalidNumber, number < 0m
            ? $"{JsonNames.Text(name)} is {number}; send an amount that is 0 or more"
            : $"{JsonNames.Text(name)} is {number}; send an amount up to {MoneyMax}");
        return null;
    }

    /// <summary>Whole pieces, 1 to <see cref="QuantityMax"/>; 1 where absent.</summary>
    public int Quantity(JsonFields parent, JsonName name)
    {
        if (!TryNumber(parent, name, out var number)) return 1;
        if (number is >= 1m and <= QuantityMax && decimal.Truncate(number) == number) return (int)number;
        Reject(RejectCodes.InvalidNumber, $"{JsonNames.Text(name)} is {number}; send a whole number from 1 to {QuantityMax}");
        return 1;
    }

    /// <summary>A rating from 1 to 5; null where absent.</summary>
    public double? Rating(JsonFields parent, JsonName name)
    {
        if (!TryNumber(parent, name, out var number)) return null;
        if (number is >= 1m and <= 5m) return (double)number;
        Reject(RejectCodes.InvalidNumber, $"{JsonNames.Text(name)} is {number}; send a rating from 1 to 5");
        return null;
    }

    /// <summary>An ISO 4217 code in upper case; null where absent.</summary>
    public string? Currency(JsonFields parent, JsonName name)
    {
        var text = Label(parent, name);
        if (text is null) return null;
        if (Currencies.TryGet(text, out var code)) return code;
        Reject(RejectCodes.UnknownCurrency,
            $"{JsonNames.Text(name)} is {Shown(text)}, which ISO 4217 does not list; send a code such as EUR");
        return null;
    }

    /// <summary>A time in ISO 8601; UTC where it names no offset. Null where absent.</summary>
    public DateTimeOffset? Time(JsonFields parent, JsonName name)
    {
        if (!TryUtf8(parent, name, out var utf8)) return null;
        if (Timestamps.TryParse(utf8, out var time)) return time;
        Reject(RejectCodes.BadTimestamp,
            $"{JsonNames.Text(name)} is {Shown(Encoding.UTF8.GetString(utf8))}; "
            + "send ISO 8601 from the year 2000 on, such as 2026-03-01T12:00:00.000Z");
        return null;
    }

    /// <summary>The text of a string in UTF-8, valid until the next read. False where it is absent, null or a problem.</summary>
    public bool TryUtf8(JsonFields parent, JsonName name, out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (!parent.TryFind(name, out var index)) return false;
        if (table.KindOf(index) == JsonKind.String) return TryUtf8(index, out utf8);
        WrongType(name, index, "a string");
        return false;
    }

    /// <summary>Cuts without splitting a surrogate pair; null for blank text.</summary>
    public static string? Cut(string? text, int lengthMax)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (text.Length <= lengthMax) return text;
        return text[..(char.IsHighSurrogate(text[lengthMax - 1]) ? lengthMax - 1 : lengthMax)];
    }

    public static string Shown(string text) => $"'{Cut(text, ShownLengthMax)}'";

    public void WrongType(JsonName name, int index, string wanted) =>
        Reject(RejectCodes.WrongType, $"{JsonNames.Text(name)} is {TypeName(index)}; send {wanted}");

    public string TypeName(int index) => table.KindOf(index) switch
    {
        JsonKind.Object => "an object",
        JsonKind.Array => "an array",
        JsonKind.String => "a string",
        JsonKind.Number => "a number",
        JsonKind.True or JsonKind.False => "a boolean",
        _ => "null",
    };

    private bool TryUtf8(int index, out ReadOnlySpan<byte> utf8)
    {
        if (table.TryUtf8(index, out utf8)) return true;
        NotUnicode();
        return false;
    }

    /// <summary>A lone surrogate in an escape is grammatical JSON but not Unicode text.</summary>
    private void NotUnicode() =>
        Reject(RejectCodes.InvalidJson, "a string in the event is not valid Unicode; send well-formed escapes");

    private bool WholeNumber(int index, out long number)
    {
        var raw = table.Raw(index);
        return Utf8Parser.TryParse(raw, out number, out var used) && used == raw.Length;
    }

    private bool TryNumber(JsonFields parent, JsonName name, out decimal number)
    {
        number = 0m;
        if (!parent.TryFind(name, out var index)) return false;
        var kind = table.KindOf(index);
        if (kind == JsonKind.Number)
        {
            var raw = table.Raw(index);
            var format = table[index].IsEscaped ? 'e' : default;
            if (Utf8Parser.TryParse(raw, out number, out var used, format) && used == raw.Length) return true;
            Reject(RejectCodes.InvalidNumber,
                $"{JsonNames.Text(name)} is {Shown(Encoding.UTF8.GetString(raw))}; send a finite number up to {MoneyMax}");
            return false;
        }

        if (kind == JsonKind.String) return TryUtf8(index, out var utf8) && TryNumber(Encoding.UTF8.GetString(utf8), name, out number);
        WrongType(name, index, "a number");
        return false;
    }

    private bool TryNumber(string text, JsonName name, out decimal number)
    {
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)) return true;
        if (text.Length == 0) return false;
        var code = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? RejectCodes.InvalidNumber
            : RejectCodes.WrongType;
        Reject(code, $"{JsonNames.Text(name)} is {Shown(text)}; send a finite number");
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
}
