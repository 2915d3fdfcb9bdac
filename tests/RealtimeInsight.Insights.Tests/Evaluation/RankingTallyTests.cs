using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Tests.Evaluation;

public sealed class RankingTallyTests
{
    [Fact]
    public void Metrics_KnownRanks_GiveHitRateAndReciprocalRank()
    {
        var tally = new RankingTally();
        foreach (var rank in new[] { 1, 4, 21, 0 }) tally.Add(rank);

        Assert.Equal(0.5, tally.HitRate(20), 10);
        Assert.Equal((1 + 0.25) / 4, tally.MeanReciprocalRank(20), 10);
        Assert.Equal(0.5, tally.Metrics(seed: 1).Single(metric => metric.Name == "hr_at_5").Value, 10);
    }
}
