using System.Globalization;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Host.Intake;

/// <summary>Times of the wire: ISO 8601 text, and the correction of a sender's wrong clock.</summary>
internal static class Timestamps
{
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads ISO 8601 from 2000-01-01 on; without an offset it is UTC.</summary>
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
}
