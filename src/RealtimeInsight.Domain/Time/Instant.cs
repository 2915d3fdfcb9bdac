namespace RealtimeInsight.Domain.Time;

/// <summary>A moment in UTC, in whole milliseconds since 1970-01-01. Eight bytes, so that state and log stay compact.</summary>
public readonly record struct Instant(long UnixMs) : IComparable<Instant>
{
    private const long CalendarMsMin = -62_135_596_800_000;
    private const long CalendarMsMax = 253_402_300_799_999;

    public static readonly Instant Never = new(long.MaxValue);
    public static readonly Instant None = new(0);

    public static Instant From(DateTimeOffset value) => new(value.ToUnixTimeMilliseconds());

    /// <summary>True for every value other than <see cref="None"/> (zero), which stands for "has not happened".</summary>
    public bool HasValue => UnixMs != 0;

    /// <exception cref="ArgumentOutOfRangeException">Outside the years 1 to 9999, as <see cref="Never"/> is.</exception>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMs);

    public int CompareTo(Instant other) => UnixMs.CompareTo(other.UnixMs);

    public static Instant operator +(Instant at, TimeSpan span) => new(at.UnixMs + (span.Ticks / TimeSpan.TicksPerMillisecond));
    public static Instant operator -(Instant at, TimeSpan span) => new(at.UnixMs - (span.Ticks / TimeSpan.TicksPerMillisecond));
    public static TimeSpan operator -(Instant later, Instant earlier) => TimeSpan.FromMilliseconds(later.UnixMs - earlier.UnixMs);
    public static bool operator <(Instant left, Instant right) => left.UnixMs < right.UnixMs;
    public static bool operator >(Instant left, Instant right) => left.UnixMs > right.UnixMs;
    public static bool operator <=(Instant left, Instant right) => left.UnixMs <= right.UnixMs;
    public static bool operator >=(Instant left, Instant right) => left.UnixMs >= right.UnixMs;

    public static Instant Min(Instant left, Instant right) => left.UnixMs <= right.UnixMs ? left : right;
    public static Instant Max(Instant left, Instant right) => left.UnixMs >= right.UnixMs ? left : right;

    /// <summary>ISO 8601 with milliseconds, UTC; the plain number outside the years 1 to 9999, "never" for <see cref="Never"/>.</summary>
    public override string ToString() => UnixMs switch
    {
        long.MaxValue => "never",
        < CalendarMsMin or > CalendarMsMax => $"{UnixMs} ms",
        _ => ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture),
    };
}
