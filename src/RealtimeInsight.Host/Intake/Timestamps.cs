using System.Globalization;
using System.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Host.Intake;

/// <summary>Times of the wire: ISO 8601 text, and the correction of a sender's wrong clock.</summary>
internal static class Timestamps
{
    private const int FractionDigitsMax = 7;

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads ISO 8601 from 2000-01-01 on; without an offset it is UTC.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out DateTimeOffset time)
    {
        if (TryParseUsual(utf8, out time) && time >= Earliest) return true;
        return TryParse(Encoding.UTF8.GetString(utf8), out time);
    }

    /// <summary>As <see cref="TryParse(ReadOnlySpan{byte}, out DateTimeOffset)"/>.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-' || !char.IsAsciiDigit(text[0])) return false;
        const DateTimeStyles styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, styles, out time) && time >= Earliest;
    }

    /// <summary>
    /// When the event happened on the server's clock: <c>receivedAt - (sentAt - originalTimestamp)</c>; the sender's time where it
    /// sent no <paramref name="sentAt"/>, the time of receipt where it sent none at all. Never later than the receipt, unless it is over
    /// <paramref name="futureMax"/> ahead: then the difference is returned in <paramref name="ahead"/> and the event has to be rejected.
    /// </summary>
    public static Instant Correct(
        DateTimeOffset receivedAt, DateTimeOffset? sentAt, DateTimeOffset? original, TimeSpan futureMax, out TimeSpan ahead)
    {
        ahead = TimeSpan.Zero;
        if (original is not { } happened) return Instant.From(receivedAt);
        // In ticks: a sender's clock may be thousands of years off, which a date cannot hold.
        var correctedTicks = sentAt is { } sent ? receivedAt.UtcTicks - (sent.UtcTicks - happened.UtcTicks) : happened.UtcTicks;
        var aheadTicks = correctedTicks - receivedAt.UtcTicks;
        if (aheadTicks > futureMax.Ticks) ahead = TimeSpan.FromTicks(aheadTicks);
        if (aheadTicks >= 0) return Instant.From(receivedAt);
        return Instant.From(new DateTimeOffset(Math.Max(correctedTicks, Earliest.UtcTicks), TimeSpan.Zero));
    }

    /// <summary><c>yyyy-MM-ddTHH:mm:ss[.f]Z</c> with up to seven digits of a second, which is what SDKs send.</summary>
    private static bool TryParseUsual(ReadOnlySpan<byte> utf8, out DateTimeOffset time)
    {
        time = default;
        if (utf8.Length is < 20 or > 28 || utf8[^1] != 'Z' || utf8[4] != '-' || utf8[7] != '-' || utf8[10] != 'T' || utf8[13] != ':'
            || utf8[16] != ':')
        {
            return false;
        }

        if (!TryDigits(utf8[..4], out var year) || !TryDigits(utf8[5..7], out var month) || !TryDigits(utf8[8..10], out var day)
            || !TryDigits(utf8[11..13], out var hour) || !TryDigits(utf8[14..16], out var minute)
            || !TryDigits(utf8[17..19], out var second) || !TryFraction(utf8[19..^1], out var ticks))
        {
            return false;
        }

        if (year == 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59
            || second > 59)
        {
            return false;
        }

        time = new DateTimeOffset(new DateTime(year, month, day, hour, minute, second).Ticks + ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryFraction(ReadOnlySpan<byte> utf8, out int ticks)
    {
        ticks = 0;
        if (utf8.Length == 0) return true;
        if (utf8.Length < 2 || utf8.Length > FractionDigitsMax + 1 || utf8[0] != '.' || !TryDigits(utf8[1..], out ticks)) return false;
        for (var digits = utf8.Length - 1; digits < FractionDigitsMax; digits++) ticks *= 10;
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> utf8, out int number)
    {
        number = 0;
        foreach (var digit in utf8)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            number = (number * 10) + (digit - '0');
        }

        return true;
    }
}
