using System.Text;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Host.Intake.Json;

/// <summary>
/// Strings that come again and again (products, categories, event names, zones), found by their UTF-8 bytes so that they are made once.
/// Bounded: a text takes its place only when it comes a second time, and gives way to the next one that does. Not thread-safe.
/// </summary>
internal sealed class TextCache
{
    /// <summary>Longer texts are made each time.</summary>
    public const int BytesMax = 96;

    private const int Places = 2_048;

    private readonly Place[] _places = new Place[Places];

    private struct Place
    {
        public ulong Candidate;
        public byte[]? Utf8;
        public string? Text;
    }

    /// <param name="utf8">Valid UTF-8.</param>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length == 0) return "";
        if (utf8.Length > BytesMax) return Encoding.UTF8.GetString(utf8);
        var hash = StableHash.Of(utf8);
        ref var place = ref _places[hash % Places];
        if (place.Utf8 is { } known && utf8.SequenceEqual(known)) return place.Text!;
        var text = Encoding.UTF8.GetString(utf8);
        if (place.Candidate == hash) place = new Place { Utf8 = utf8.ToArray(), Text = text };
        else place.Candidate = hash;
        return text;
    }
}
