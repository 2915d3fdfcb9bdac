using System.Collections.Concurrent;
using System.Text.Json;

namespace RealtimeInsight.Host.Intake;

/// <summary>
/// An item's <c>context</c> over that of its batch. Context is a hint that SDKs add by themselves: a value of the wrong type in it is
/// ignored, not a reason to lose the event.
/// </summary>
internal readonly struct ContextReader(FieldReader fields, JsonElement item, JsonElement shared)
{
    private const int TimeZoneLengthMax = 64;
    private const int TimeZonesKnownMax = 2_000;

    private static readonly ConcurrentDictionary<string, bool> TimeZones = new(StringComparer.Ordinal);

    private readonly JsonElement _own = fields.Object(item, "context"u8);

    /// <summary>IANA zone of the device; null where it is absent or no such zone exists.</summary>
    public string? TimeZone()
    {
        var text = String("timezone"u8);
        if (text is null || text.Length > TimeZoneLengthMax) return null;
        if (TimeZones.TryGetValue(text, out var isKnown)) return isKnown ? text : null;
        isKnown = TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone) && zone.HasIanaId;
        if (TimeZones.Count < TimeZonesKnownMax) TimeZones.TryAdd(text, isKnown);
        return isKnown ? text : null;
    }

    public string? PagePath(int lengthMax) => FieldReader.Cut(Nested("page"u8, "path"u8), lengthMax);

    public string? CampaignName(int lengthMax) => FieldReader.Cut(Nested("campaign"u8, "name"u8), lengthMax);

    /// <summary>Consent by category as the Segment consent extension sends it; undefined where absent.</summary>
    public JsonElement CategoryPreferences() =>
        FieldReader.TryFind(Find("consent"u8), "categoryPreferences"u8, out var preferences) ? preferences : default;

    private string? Nested(ReadOnlySpan<byte> outer, ReadOnlySpan<byte> inner) =>
        FieldReader.TryFind(Find(outer), inner, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private string? String(ReadOnlySpan<byte> name)
    {
        var value = Find(name);
        return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    private JsonElement Find(ReadOnlySpan<byte> name) =>
        FieldReader.TryFind(_own, name, out var value) || FieldReader.TryFind(shared, name, out value) ? value : default;
}
