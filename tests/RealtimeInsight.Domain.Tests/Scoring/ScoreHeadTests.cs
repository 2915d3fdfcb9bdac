using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Domain.Tests.Scoring;

public sealed class ScoreHeadTests
{
    [Theory]
    [InlineData(ScoreHead.Churn, "churn")]
    [InlineData(ScoreHead.Abandonment, "abandonment")]
    [InlineData(ScoreHead.Purchase, "purchase")]
    public void WireName_EveryHead_LeadsBackToIt(ScoreHead head, string name)
    {
        Assert.Equal(name, ScoreHeads.WireName(head));
        Assert.Equal(head, ScoreHeads.Named(name));
        Assert.Null(ScoreHeads.Named(name.ToUpperInvariant()));
    }
}
