namespace RealtimeInsight.Host.Tests.Composition;

public sealed class ShortSlicesTests
{
    [Fact]
    public void Ask_WhereTheSystemTakesIt_GivesThisThreadAndThoseItStartsTheShortSlice()
    {
        var taken = ShortSlices.Ask();

        if (taken == 0) return;
        Assert.Equal(ShortSlices.SliceNanoseconds, ShortSlices.SliceOf(0));
        var ofAnother = 0L;
        var another = new Thread(() => ofAnother = ShortSlices.SliceOf(0));
        another.Start();
        another.Join();
        Assert.Equal(ShortSlices.SliceNanoseconds, ofAnother);
    }
}
