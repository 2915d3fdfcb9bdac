using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>A daily span in which nothing is sent, in the customer's time zone; may go over midnight.</summary>
/// <param name="From">First quiet minute.</param>
/// <param name="To">First minute that is not quiet any more; differs from <paramref name="From"/>.</param>
/// <param name="DefaultZone">For customers whose time zone is unknown.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly To, TimeZoneInfo DefaultZone)
{
    /// <summary>When the quiet span around <paramref name="now"/> ends; <paramref name="now"/> itself when it is not quiet.</summary>
    /// <param name="timeZone">IANA name; an unknown one counts as none.</param>
    public Instant EndOf(Instant now, string? timeZone)
    {
        var zone = timeZone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var found) ? found : DefaultZone;
        var local = TimeZoneInfo.ConvertTime(now.ToDateTimeOffset(), zone).DateTime;
        var time = TimeOnly.FromDateTime(local);
        var isQuiet = From < To ? time >= From && time < To : time >= From || time < To;
        if (!isQuiet) return now;
        var end = local.Date + To.ToTimeSpan();
        if (end <= local) end = end.AddDays(1);

        // The clock jumps over an invalid local time: the end is when the jump is over.
        while (zone.IsInvalidTime(end)) end = end.AddMinutes(1);
        return Instant.From(new DateTimeOffset(end, zone.GetUtcOffset(end)));
    }
}
