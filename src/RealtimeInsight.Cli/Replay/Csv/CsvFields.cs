using System.Globalization;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Replay.Csv;

/// <summary>Reads single fields; a false answer comes with the reason. All numbers and times are culture-free, all times UTC.</summary>
internal static class CsvFields
{
    public const int TextLengthMax = 256;

    private static readonly Instant Earliest = Instant.From(new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly Instant Latest = Instant.From(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static bool TryUser(string text, string column, out CustomerId id, out LineProblem problem)
    {
        problem = default;
        id = default;
        if (text.Length == 0)
        {
            problem = new(LineCodes.MissingId, $"{column} is empty: without a customer the line belongs to nobody");
            return false;
        }

        if (CustomerId.TryFromUser(text, out id, out var reason)) return true;
        problem = new(LineCodes.InvalidId, $"{column}: {reason}");
        return false;
    }

    public static bool TryVisitor(string text, string column, out CustomerId id, out LineProblem problem)
    {
        problem = default;
        id = default;
        if (text.Length == 0)
        {
            problem = new(LineCodes.MissingId, $"{column} is empty: without a visitor the line belongs to nobody");
            return false;
        }

        if (CustomerId.TryFromVisitor(text, out id, out var reason)) return true;
        problem = new(LineCodes.InvalidId, $"{column}: {reason}");
        return false;
    }

    /// <summary>
    /// Checks a field the event cannot do without: 1 to <paramref name="lengthMax"/> characters, none of them a control character.
    /// </summary>
    public static bool TryName(string text, string column, out LineProblem problem, int lengthMax = TextLengthMax)
    {
        problem = text.Length switch
        {
            0 => new(LineCodes.MissingField, $"{column} is empty; the event needs it"),
            _ when text.Length > lengthMax =>
                new(LineCodes.InvalidId, $"{column} has {text.Length} characters, at most {lengthMax} are allowed"),
            _ when text.Any(char.IsControl) => new(LineCodes.InvalidId, $"{column} contains a control character"),
            _ => default,
        };
        return problem.Code is null;
    }

    public static bool TryUnixSeconds(string text, string column, out Instant at, out LineProblem problem)
    {
        at = default;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > -100_000_000_000 and < 100_000_000_000)
        {
            at = new Instant(seconds * 1000);
            return IsPlausible(at, text, column, out problem);
        }

        problem = new(LineCodes.BadTimestamp, $"{column} is '{Cut(text)}', which is no whole number of seconds since 1970");
        return false;
    }

    /// <summary>Reads <c>2010-12-01 08:26:00</c> as UTC.</summary>
    public static bool TryDateTime(string text, string column, out Instant at, out LineProblem problem)
    {
        at = default;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, Utc, out var value))
        {
            at = Instant.From(value);
            return IsPlausible(at, text, column, out problem);
        }

        problem = new(LineCodes.BadTimestamp, $"{column} is '{Cut(text)}'; it is written as 2010-12-01 08:26:00");
        return false;
    }

    public static bool TryInt(string text, string column, int min, int max, string code, out int value, out LineProblem problem)
    {
        problem = default;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= min && value <= max)
        {
            return true;
        }

        problem = new(code, $"{column} is '{Cut(text)}'; it is a whole number from {min} to {max}");
        return false;
    }

    /// <summary>Reads a price above 0 and at most <paramref name="max"/>.</summary>
    public static bool TryPrice(string text, string column, decimal max, out decimal value, out LineProblem problem)
    {
        problem = default;
        const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out value) && value > 0 && value <= max) return true;
        problem = new(LineCodes.InvalidNumber, $"{column} is '{Cut(text)}'; a price is a number above 0, at most {max:F0}");
        return false;
    }

    public static string? TextOrNull(string text) => text.Length == 0 ? null : Cut(text);

    public static string Cut(string text) => text.Length <= TextLengthMax ? text : text[..TextLengthMax];

    public static bool IsPlausible(Instant at, string text, string column, out LineProblem problem)
    {
        problem = at >= Earliest && at < Latest
            ? default
            : new(LineCodes.BadTimestamp, $"{column} is '{Cut(text)}', outside the years 1990 to 2099");
        return problem.Code is null;
    }
}
