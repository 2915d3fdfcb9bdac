namespace RealtimeInsight.Host.Tests.Composition;

public sealed class HugePagesTests
{
    [Theory]
    [InlineData("7ec000000000-7f0000000000 ---p 00000000 00:00 0 ", true)]
    [InlineData("7ec000000000-7f0000000000 rw-p 00000000 00:00 0", true)]
    [InlineData("7ec000000000-7f0000000000 rw-s 00000000 00:00 0", false)]
    [InlineData("7ec000000000-7f0000000000 rw-p 00000000 08:01 1234  /usr/lib/a file", false)]
    [InlineData("7ec000000000-7ec004000000 ---p 00000000 00:00 0", false)]
    [InlineData("7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0  [stack]", false)]
    [InlineData("", false)]
    [InlineData("x-y ---p 0 0 0", false)]
    public void Range_OfTheHeapAlone_IsTaken(string line, bool isTaken)
    {
        Assert.Equal(isTaken, HugePages.TryRange(line, out var from, out var length));
        if (isTaken) Assert.Equal((0x7ec000000000, 0x4000000000), ((long)from, (long)length));
    }

    [Fact]
    public void Advise_IsTaken_WhereTheSystemHasSuchPages_AndTheHeapItsRange()
    {
        var mode = HugePages.Mode();
        Assert.Contains(mode, (string[])["always", "madvise", "never", "none"]);
        var before = HasRange();
        var advised = HugePages.Advise();
        var after = HasRange();
        var isAllowed = mode is "always" or "madvise";

        // Under a small limit of memory the heap has no range as large, and one may come or go while this looks.
        if (isAllowed && before && after) Assert.InRange(advised, 4L << 30, long.MaxValue);
        else if (!isAllowed || (!before && !after)) Assert.Equal(0, advised);
    }

    private static bool HasRange() =>
        OperatingSystem.IsLinux() && File.ReadLines("/proc/self/maps").Any(static line => HugePages.TryRange(line, out _, out _));
}
