using System.Globalization;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Replay.Csv;

/// <summary>Moments as an export writes them. Without an offset they are UTC.</summary>
internal static class MappedTime
{
    public const string Iso = "iso";
    public const string UnixSeconds = "unix_s";
    public const string UnixMilliseconds = "unix_ms";

    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    /// <summary>Why a format cannot be used, or null.</summary>
    public static string? ProblemOf(string format)
    {
        if (format is Iso or UnixSeconds or UnixMilliseconds) return null;
        var isPattern = format.Contains('y', StringComparison.Ordinal) && format.Contains('M', StringComparison.Ordinal)
            && format.Contains('d', StringComparison.Ordinal);
        return isPattern ? null
            : $"time_format is \"{format}\"; use {Iso}, {UnixSeconds}, {UnixMilliseconds}, or a pattern with year, month and day such as "
              + "dd.MM.yyyy HH:mm:ss";
    }

    public static bool TryRead(string text, string format, string column, out Instant at, out LineProblem problem)
    {
        switch (format)
        {
            case UnixSeconds:
                return CsvFields.TryUnixSeconds(text, column, out at, out problem);
            case UnixMilliseconds:
                at = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? new Instant(ms) : default;
                if (at.HasValue) return CsvFields.IsPlausible(at, text, column, out problem);
                problem = Bad(text, column, "a whole number of milliseconds since 1970");
                return false;
            default:
                var isRead = format == Iso
                    ? DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var value)
                    : DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, Utc, out value);
                at = isRead ? Instant.From(value) : default;
                if (isRead) return CsvFields.IsPlausible(at, text, column, out problem);
                problem = Bad(text, column, format == Iso ? "a moment such as 2026-03-02T12:00:00Z" : $"a moment written as {format}");
                return false;
        }
    }

    private static LineProblem Bad(string text, string column, string rule) => new(
        LineCodes.BadTimestamp, $"{column} is '{CsvFields.Cut(text)}', which is not {rule}; correct it, or set time_format in the mapping");
}
