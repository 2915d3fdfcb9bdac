using System.Globalization;
using System.Text;

namespace RealtimeInsight.Host.Intake.Json;

/// <summary>Undoes the escapes of JSON strings without an exception for those that are not Unicode.</summary>
internal static class JsonEscapes
{
    private const int HexDigits = 4;

    /// <param name="written">The string between its quotes; its escapes follow JSON's grammar.</param>
    /// <param name="output">At least as long as <paramref name="written"/>; no escape is shorter than what it stands for.</param>
    /// <param name="length">Bytes of the text.</param>
    /// <returns>False where a surrogate stands alone.</returns>
    public static bool TryUnescape(ReadOnlySpan<byte> written, Span<byte> output, out int length)
    {
        length = 0;
        while (true)
        {
            var next = written.IndexOf((byte)'\\');
            if (next < 0) break;
            written[..next].CopyTo(output[length..]);
            length += next;
            var escape = written[next + 1];
            written = written[(next + 2)..];
            if (escape != 'u')
            {
                output[length++] = Simple(escape);
                continue;
            }

            if (!TryRune(ref written, out var rune)) return false;
            length += rune.EncodeToUtf8(output[length..]);
        }

        written.CopyTo(output[length..]);
        length += written.Length;
        return true;
    }

    /// <summary>Reads the digits after <c>\u</c>, and the second half of a pair where they are its first.</summary>
    private static bool TryRune(ref ReadOnlySpan<byte> written, out Rune rune)
    {
        var first = Unit(written);
        written = written[HexDigits..];
        if (Rune.TryCreate(first, out rune)) return true;
        if (!char.IsHighSurrogate(first) || !written.StartsWith("\\u"u8)) return false;
        var second = Unit(written[2..]);
        if (!Rune.TryCreate(first, second, out rune)) return false;
        written = written[(2 + HexDigits)..];
        return true;
    }

    private static char Unit(ReadOnlySpan<byte> written)
    {
        _ = ushort.TryParse(written[..HexDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit);
        return (char)unit;
    }

    private static byte Simple(byte escape) => escape switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escape,
    };
}
