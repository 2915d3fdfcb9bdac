using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Decisions;

public sealed class QuietHoursTests
{
    private static readonly TimeZoneInfo Utc = TimeZoneInfo.Utc;

    [Theory]
    [InlineData("21:30", "08:00", "2026-03-02T21:29:59.999Z", "2026-03-02T21:29:59.999Z")]
    [InlineData("21:30", "08:00", "2026-03-02T21:30:00Z", "2026-03-03T08:00:00Z")]
    [InlineData("21:30", "08:00", "2026-03-02T23:59:59.999Z", "2026-03-03T08:00:00Z")]
    [InlineData("21:30", "08:00", "2026-03-03T00:00:00Z", "2026-03-03T08:00:00Z")]
    [InlineData("21:30", "08:00", "2026-03-03T07:59:59.999Z", "2026-03-03T08:00:00Z")]
    [InlineData("21:30", "08:00", "2026-03-03T08:00:00Z", "2026-03-03T08:00:00Z")]
    [InlineData("12:00", "14:00", "2026-03-03T11:59:59Z", "2026-03-03T11:59:59Z")]
    [InlineData("12:00", "14:00", "2026-03-03T12:00:00Z", "2026-03-03T14:00:00Z")]
    [InlineData("12:00", "14:00", "2026-03-03T14:00:00Z", "2026-03-03T14:00:00Z")]
    [InlineData("22:00", "00:00", "2026-03-03T23:00:00Z", "2026-03-04T00:00:00Z")]
    [InlineData("00:00", "06:00", "2026-03-03T00:00:00Z", "2026-03-03T06:00:00Z")]
    [InlineData("08:01", "08:00", "2026-02-28T09:00:00Z", "2026-03-01T08:00:00Z")]
    public void EndOf_InUtc_IsTheNextEnd(string from, string to, string now, string end) => Expect(from, to, null, now, end);

    [Theory]
    [InlineData("2026-03-02T20:29:00Z", "2026-03-02T20:29:00Z")]
    [InlineData("2026-03-02T20:30:00Z", "2026-03-03T07:00:00Z")]
    // The night to summer time: it ends at 08:00 CEST, an hour earlier than the night before.
    [InlineData("2026-03-28T22:00:00Z", "2026-03-29T06:00:00Z")]
    [InlineData("2026-03-29T05:59:59Z", "2026-03-29T06:00:00Z")]
    // The night to winter time.
    [InlineData("2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z")]
    [InlineData("2026-10-25T06:30:00Z", "2026-10-25T07:00:00Z")]
    public void EndOf_InBerlin_FollowsTheClockThere(string now, string end) => Expect("21:30", "08:00", "Europe/Berlin", now, end);

    [Theory]
    // 02:00 to 03:00 does not exist on 2026-03-29 in Berlin: whatever ends in it ends when the jump is over.
    [InlineData("02:00", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z")]
    [InlineData("02:30", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("02:47", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("03:00", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
    // 02:00 to 03:00 exists twice on 2026-10-25: the quiet span ends the second time.
    [InlineData("02:30", "2026-10-24T22:00:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("02:30", "2026-10-25T00:10:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("02:30", "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("02:30", "2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z")]
    public void EndOf_InsideAChangeOfTheClock_IsAfterIt(string to, string now, string end) =>
        Expect("22:00", to, "Europe/Berlin", now, end);

    [Theory]
    [InlineData("Asia/Kolkata", "2026-03-02T16:00:00Z", "2026-03-03T02:30:00Z")]
    [InlineData("America/New_York", "2026-03-02T16:00:00Z", "2026-03-02T16:00:00Z")]
    [InlineData("Pacific/Auckland", "2026-03-02T09:00:00Z", "2026-03-02T19:00:00Z")]
    [InlineData("Nowhere/Atlantis", "2026-03-02T22:00:00Z", "2026-03-03T08:00:00Z")]
    [InlineData("../../etc/passwd", "2026-03-02T22:00:00Z", "2026-03-03T08:00:00Z")]
    [InlineData("", "2026-03-02T22:00:00Z", "2026-03-03T08:00:00Z")]
    public void EndOf_InOtherZones_AndUnknownOnes(string zone, string now, string end) => Expect("21:30", "08:00", zone, now, end);

    [Fact]
    public void EndOf_AnyMoment_IsNotQuietAndNotMoreThanADayAway()
    {
        string[] zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns"];
        Law.Holds(400, seed =>
        {
            var random = new Random(seed);
            var from = new TimeOnly(random.Next(24), random.Next(60));
            var quiet = new QuietHours(from, from.AddMinutes(1 + random.Next(1_439)), Utc);
            var zone = zones[random.Next(zones.Length)];
            var now = Make.At("2025-01-01T00:00:00Z") + TimeSpan.FromMilliseconds(random.NextInt64(3L * 365 * 86_400_000));
            var end = quiet.EndOf(now, zone);

            Assert.InRange(end.UnixMs, now.UnixMs, now.UnixMs + (25L * 3_600_000));
            if (end == now) return;
            var local = TimeZoneInfo.ConvertTime(end.ToDateTimeOffset(), TimeZoneInfo.FindSystemTimeZoneById(zone));
            var before = TimeZoneInfo.ConvertTime(
                (end - TimeSpan.FromMilliseconds(1)).ToDateTimeOffset(), TimeZoneInfo.FindSystemTimeZoneById(zone));
            var isJump = local.Offset != before.Offset;
            Assert.True(isJump || TimeOnly.FromDateTime(local.DateTime) == quiet.To, $"{quiet} in {zone}: {now} ends {end}");
        });
    }

    private static void Expect(string from, string to, string? zone, string now, string end)
    {
        var quiet = new QuietHours(TimeOnly.Parse(from), TimeOnly.Parse(to), Utc);
        Assert.Equal(Make.At(end), quiet.EndOf(Make.At(now), zone));
    }
}
