using System.Collections.Concurrent;
using RealtimeInsight.Host.Intake.Json;

namespace RealtimeInsight.Host.Intake;

/// <summary>
/// An item's <c>context</c> over that of its batch. Context is a hint that SDKs add by themselves: a value of the wrong type in it is
/// ignored, not a reason to lose the event. Not thread-safe.
/// </summary>
internal sealed class ContextReader(FieldReader fields)
{
    private const int TimeZoneLengthMax = 64;
    private const int TimeZonesKnownMax = 2_000;

    private static readonly ConcurrentDictionary<string, bool> TimeZones = new(StringComparer.Ordinal);

    private readonly JsonFields _own = new();
    private readonly JsonFields _shared = new();
    private readonly JsonFields _nested = new();
    private string? _lastZone;
    private bool _isLastZoneKnown;

    /// <summary>Goes to the context of a request's batch; -1 where it has none.</summary>
    public void OpenShared(int context) => _shared.Open(fields.Table, context);

    /// <summary>Goes to the context of an item.</summary>
    public void OpenItem(JsonFields item) => _own.Open(fields.Table, fields.Object(item, JsonName.Context));

    /// <summary>IANA zone of the device; null where it is absent or no such zone exists.</summary>
    public string? TimeZone()
    {
        var text = fields.LabelAt(Find(JsonName.TimeZone));
        if (text is null || text.Length > TimeZoneLengthMax) return null;

        // Devices of one shop share a few zones, whose names are one string each.
        if (!ReferenceEquals(text, _lastZone)) (_lastZone, _isLastZoneKnown) = (text, IsKnown(text));
        return _isLastZoneKnown ? text : null;
    }

    public string? PagePath(int lengthMax) => FieldReader.Cut(Nested(JsonName.Page, JsonName.Path), lengthMax);

    public string? CampaignName(int lengthMax) => FieldReader.Cut(Nested(JsonName.Campaign, JsonName.Name), lengthMax);

    /// <summary>Index of the consent by category as the Segment consent extension sends it; -1 where absent.</summary>
    public int CategoryPreferences()
    {
        _nested.Open(fields.Table, Find(JsonName.Consent));
        return _nested.Find(JsonName.CategoryPreferences);
    }

    private string? Nested(JsonName outer, JsonName inner)
    {
        _nested.Open(fields.Table, Find(outer));
        return fields.LabelAt(_nested.Find(inner));
    }

    private int Find(JsonName name) => _own.TryFind(name, out var index) ? index : _shared.Find(name);

    private static bool IsKnown(string text)
    {
        if (TimeZones.TryGetValue(text, out var isKnown)) return isKnown;
        isKnown = TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone) && zone.HasIanaId;
        if (TimeZones.Count < TimeZonesKnownMax) TimeZones.TryAdd(text, isKnown);
        return isKnown;
    }
}
