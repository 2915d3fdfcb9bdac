using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Intake;

public sealed class TimestampsTests
{
    private static readonly DateTimeOffset Received = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan FutureMax = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(null, "2026-03-01T11:00:00Z", -3600)]
    [InlineData("2026-03-01T11:00:10Z", "2026-03-01T11:00:00Z", -10)]
    [InlineData("2030-01-01T00:01:00Z", "2030-01-01T00:00:00Z", -60)]
    [InlineData("2026-03-01T13:00:10+01:00", "2026-03-01T12:00:00Z", -10)]
    [InlineData(null, "2026-03-01T12:04:59Z", 0)]
    public void Correct_ByTheSendersClock_GivesServerTime(string? sentAt, string? original, int expectedSeconds)
    {
        var at = Timestamps.Correct(Received, Read(sentAt), Read(original), FutureMax, out var ahead);

        Assert.Equal(Instant.From(Received) + TimeSpan.FromSeconds(expectedSeconds), at);
        Assert.Equal(TimeSpan.Zero, ahead);
    }

    [Theory]
    [InlineData(null, "2026-03-01T12:05:00.001Z", true)]
    [InlineData(null, "2026-03-01T12:05:00Z", false)]
    [InlineData("2026-03-01T12:00:00Z", "2026-03-01T12:06:00Z", true)]
    public void Correct_BeyondTheAllowedFuture_SaysHowFar(string? sentAt, string original, bool isBeyond)
    {
        Timestamps.Correct(Received, Read(sentAt), Read(original), FutureMax, out var ahead);

        Assert.Equal(isBeyond, ahead > TimeSpan.Zero);
    }

    [Fact]
    public void Correct_AnyClock_NeverEndsAfterTheReceiptNorDependsOnTheClocksOffset()
    {
        var years = Gen.Choose(-8_000, 8_000);
        var law = Prop.ForAll(
            Arb.From(Gen.Zip(Gen.Choose(0, 100_000), years)),
            pair =>
            {
                var (agoSeconds, offsetDays) = pair;
                var sent = Received.AddDays(offsetDays);
                var at = Timestamps.Correct(Received, sent, sent.AddSeconds(-agoSeconds), FutureMax, out var ahead);
                return at == Instant.From(Received.AddSeconds(-agoSeconds)) && ahead == TimeSpan.Zero;
            });
        law.Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59Z", "2000-01-01T00:00:00Z")]
    public void Correct_AbsurdClocks_DoNotOverflow(string sentAt, string original)
    {
        var at = Timestamps.Correct(
            Received, DateTimeOffset.Parse(sentAt), DateTimeOffset.Parse(original), FutureMax, out _);

        Assert.InRange(
            at.UnixMs, new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), Received.ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("2026-03-01T12:00:00.123Z", true)]
    [InlineData("2026-03-01T12:00:00", true)]
    [InlineData("2026-03-01", true)]
    [InlineData("2026-03-01T12:00:00+05:30", true)]
    [InlineData("03/01/2026", false)]
    [InlineData("2026-02-30T12:00:00Z", false)]
    [InlineData("1999-12-31T23:59:59Z", false)]
    [InlineData("2026-03-01T25:00:00Z", false)]
    [InlineData("", false)]
    public void Parse_Iso8601Only_FromTheYear2000(string text, bool isValid) => Assert.Equal(isValid, Timestamps.TryParse(text, out _));

    private static DateTimeOffset? Read(string? text) => text is null ? null : DateTimeOffset.Parse(text);
}
