using System.Text;

namespace RealtimeInsight.Domain.Text;

/// <summary>
/// Names that many customers have in common (categories, brands), kept once for all of them: a fixed table in which a newer name takes the
/// place of another with the same label. Which object stands for a name is of no consequence, only its text is. Thread-safe.
/// </summary>
internal static class SharedNames
{
    private const int LengthMax = 64;
    private const int Places = 1 << 14;
    private static readonly string?[] s_names = new string?[Places];

    /// <summary>The name that these bytes spell, without making it anew where it is known.</summary>
    /// <param name="label">Of the name, see <see cref="EntityHash.Label"/>.</param>
    public static string Read(ReadOnlySpan<byte> utf8, out ushort label)
    {
        label = EntityHash.Label(utf8);
        var known = Volatile.Read(ref s_names[label & (Places - 1)]);
        if (known is not null && Matches(known, utf8)) return known;
        return Of(Encoding.UTF8.GetString(utf8), label);
    }

    /// <summary>Whether the bytes are the name, told for ASCII alone: others are decoded.</summary>
    private static bool Matches(string name, ReadOnlySpan<byte> utf8) => Ascii.Equals(utf8, name);

    /// <param name="label">Of the name, see <see cref="EntityHash.Label"/>.</param>
    public static string Of(string name, ushort label)
    {
        if (name.Length > LengthMax) return name;
        ref var place = ref s_names[label & (Places - 1)];
        if (Volatile.Read(ref place) is { } known && string.Equals(known, name, StringComparison.Ordinal)) return known;
        Volatile.Write(ref place, name);
        return name;
    }
}
