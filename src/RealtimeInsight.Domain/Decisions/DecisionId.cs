using System.Buffers;
using System.Globalization;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>Ids of decisions: <c>dec_</c> and 128 bits in lower-case hexadecimal.</summary>
internal static class DecisionId
{
    private const string Prefix = "dec_";
    private const int Digits = 16;
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    public static string Of(ulong high, ulong low) => $"{Prefix}{high:x16}{low:x16}";

    /// <summary>The two numbers of an id; false for ids of another form.</summary>
    public static bool TryRead(string id, out ulong high, out ulong low)
    {
        (high, low) = (0, 0);
        return id.Length == Prefix.Length + (2 * Digits) && id.StartsWith(Prefix, StringComparison.Ordinal)
            && !id.AsSpan(Prefix.Length).ContainsAnyExcept(s_digits)
            && ulong.TryParse(id.AsSpan(Prefix.Length, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out high)
            && ulong.TryParse(id.AsSpan(Prefix.Length + Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out low);
    }
}
