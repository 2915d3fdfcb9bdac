using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace RealtimeInsight.Inference.Text;

/// <summary>
/// Canonical decomposition without nonspacing marks, from a table of its own: the program runs without the culture library that
/// <see cref="string.Normalize()"/> needs, and would otherwise keep every accent silently.
/// </summary>
internal static class Decompositions
{
    /// <summary>Most runes that one becomes.</summary>
    public const int RunesMax = 4;

    private const string Resource = "RealtimeInsight.Inference.Text.decompositions.txt";
    private const int SyllableFirst = 0xAC00;
    private const int SyllableLast = 0xD7A3;
    private const int Vowels = 21;
    private const int Tails = 28;

    private static readonly FrozenDictionary<int, Rune[]> s_table = Load();

    /// <summary>Writes what the rune becomes; a nonspacing mark stays what it is.</summary>
    public static int Write(Rune rune, Span<Rune> parts)
    {
        parts[0] = rune;
        if (rune.IsAscii) return 1;
        if (rune.Value is >= SyllableFirst and <= SyllableLast) return WriteSyllable(rune.Value - SyllableFirst, parts);
        if (!s_table.TryGetValue(rune.Value, out var found)) return 1;
        found.CopyTo(parts);
        return found.Length;
    }

    /// <summary>Hangul syllables by rule (The Unicode Standard, 3.12).</summary>
    private static int WriteSyllable(int index, Span<Rune> parts)
    {
        parts[0] = new Rune(0x1100 + (index / (Vowels * Tails)));
        parts[1] = new Rune(0x1161 + (index % (Vowels * Tails) / Tails));
        if (index % Tails == 0) return 2;
        parts[2] = new Rune(0x11A7 + (index % Tails));
        return 3;
    }

    private static FrozenDictionary<int, Rune[]> Load()
    {
        using var stream = typeof(Decompositions).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {Resource}: build it again.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var table = new Dictionary<int, Rune[]>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            int[] codes = [.. line.Split(' ').Select(static code => int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            table[codes[0]] = [.. codes.Skip(1).Select(static code => new Rune(code))];
        }

        return table.ToFrozenDictionary();
    }
}
