using RealtimeInsight.Engine.Retention;

namespace RealtimeInsight.Engine.Tests.Retention;

public sealed class RetentionOptionsTests
{
    [Theory]
    [InlineData(400, 90, true)]
    [InlineData(0, 0, true)]
    [InlineData(0, 36_500, true)]
    [InlineData(7, 1, true)]
    [InlineData(7, 7, true)]
    [InlineData(36_500, 1, true)]
    [InlineData(6.9, 1, false)]
    [InlineData(36_501, 1, false)]
    [InlineData(7, 8, false)]
    [InlineData(7, 0.9, false)]
    [InlineData(7, 0, false)]
    [InlineData(0, 36_501, false)]
    [InlineData(-1, 1, false)]
    public void Validate_DaysKept_HaveTheirBounds(double events, double settled, bool isValid)
    {
        var options = new RetentionOptions { KeepEvents = TimeSpan.FromDays(events), KeepSettled = TimeSpan.FromDays(settled) };

        Assert.Equal(isValid, RetentionOptions.Validate(options).Count == 0);
        Assert.Equal(isValid, EngineOptions.Validate(new EngineOptions { Retention = options }).Count == 0);
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(86_400, 4096, true)]
    [InlineData(0.9, 1, false)]
    [InlineData(86_401, 1, false)]
    [InlineData(1, 0, false)]
    [InlineData(1, 4097, false)]
    public void Validate_PaceOfGoing_HasItsBounds(double seconds, int rows, bool isValid)
    {
        var options = new RetentionOptions { Interval = TimeSpan.FromSeconds(seconds), RowsMax = rows };

        Assert.Equal(isValid, RetentionOptions.Validate(options).Count == 0);
    }
}
