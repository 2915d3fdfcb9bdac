using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Tests.Evaluation;

public sealed class BinaryEvaluationTests
{
    [Fact]
    public void Section_FewCases_RefusesToClaim()
    {
        var section = Section(cases: 60);

        Assert.False(section.Claim.IsMade);
        Assert.Contains("too small", section.Claim.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Section_ClearlyBetterModel_Claims()
    {
        var section = Section(cases: 600);

        Assert.True(section.Claim.IsMade, section.Claim.Text);
        Assert.Equal("ours", section.Model.Name);
        Assert.InRange(section.BaseRate!.Value, 0.4, 0.6);
    }

    [Fact]
    public void Section_SameSeed_GivesTheSameIntervals()
    {
        Assert.Equal(Section(300).Model.Metrics, Section(300).Model.Metrics);
    }

    [Fact]
    public void Section_Interval_HoldsTheValue()
    {
        var auc = Section(300).Model.Metrics.Single(metric => metric.Name == "auc");

        Assert.InRange(auc.Value, auc.Low!.Value, auc.High!.Value);
    }

    private static ReportSection Section(int cases)
    {
        var random = new Random(7);
        var truth = Enumerable.Range(0, cases).Select(_ => random.NextDouble()).ToList();
        bool[] labels = [.. truth.Select(probability => random.NextDouble() < probability)];
        return BinaryEvaluation.Section(
            "made up",
            labels,
            new BinaryEvaluation.Method("ours", truth, 0.5),
            [new BinaryEvaluation.Method("noise", [.. truth.Select(_ => random.NextDouble())], 0.5)],
            seed: 3);
    }
}
