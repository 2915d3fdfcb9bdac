using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Time;

public sealed class InstantTests
{
    [Theory]
    [InlineData(0L, "1970-01-01T00:00:00.000Z")]
    [InlineData(1_772_442_000_123L, "2026-03-02T09:00:00.123Z")]
    [InlineData(-1L, "1969-12-31T23:59:59.999Z")]
    [InlineData(-62_135_596_800_000L, "0001-01-01T00:00:00.000Z")]
    [InlineData(253_402_300_799_999L, "9999-12-31T23:59:59.999Z")]
    [InlineData(253_402_300_800_000L, "253402300800000 ms")]
    [InlineData(long.MinValue, "-9223372036854775808 ms")]
    [InlineData(long.MaxValue, "never")]
    public void ToString_IsIso8601_AndNeverThrows(long ms, string text) => Assert.Equal(text, new Instant(ms).ToString());

    [Fact]
    public void From_CutsToMilliseconds_InAnyOffset()
    {
        Assert.Equal(new Instant(1_772_442_000_123), Make.At("2026-03-02T10:00:00.1239+01:00"));
        Assert.Equal(DateTimeOffset.UnixEpoch, Instant.None.ToDateTimeOffset());
        Assert.Throws<ArgumentOutOfRangeException>(() => Instant.Never.ToDateTimeOffset());
    }

    [Fact]
    public void Arithmetic_AndOrder_AgreeWithMilliseconds()
    {
        var (early, late) = (new Instant(1_000), new Instant(2_500));
        Assert.Equal(TimeSpan.FromMilliseconds(1_500), late - early);
        Assert.Equal(late, early + TimeSpan.FromSeconds(1.5));
        Assert.Equal(early, late - TimeSpan.FromSeconds(1.5));
        Assert.True(early < late && late > early && early <= late && late >= early && !(late < early));
        Assert.Equal((early, late), (Instant.Min(late, early), Instant.Max(late, early)));
        Assert.True(early.CompareTo(late) < 0);
        Assert.False(Instant.None.HasValue);
        Assert.True(early.HasValue && Instant.Never.HasValue && new Instant(-1).HasValue);
    }
}
