using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Tests.Learning;

public sealed class GradientBoostedTreesTests
{
    [Fact]
    public void FitLogistic_ExclusiveOr_IsLearned()
    {
        var (rows, labels) = ExclusiveOr(2000, 1);
        var model = GradientBoostedTrees.FitLogistic(rows, labels, new BoostingSettings { Trees = 60, LearningRate = 0.2 }, seed: 1);

        var (fresh, truth) = ExclusiveOr(500, 2);
        var outcomes = new BinaryOutcomes(truth, [.. fresh.Select(row => model.Probability(row))]);

        Assert.InRange(outcomes.Measure(0.5).Auc, 0.97, 1);
    }

    [Fact]
    public void FitLogistic_SameSeed_GivesTheSameModel()
    {
        var (rows, labels) = ExclusiveOr(400, 1);
        double Score() => GradientBoostedTrees.FitLogistic(rows, labels, new BoostingSettings { Trees = 20 }, seed: 4).Score(rows[7]);

        Assert.Equal(Score(), Score());
    }

    [Fact]
    public void FitLogistic_ConstantFeature_GivesTheBaseRate()
    {
        double[][] rows = [.. Enumerable.Range(0, 100).Select(_ => new[] { 1.0 })];
        bool[] labels = [.. Enumerable.Range(0, 100).Select(i => i < 20)];

        var model = GradientBoostedTrees.FitLogistic(rows, labels, new BoostingSettings { RowShare = 1 }, seed: 1);

        Assert.Equal(0.2, model.Probability([1.0]), 2);
    }

    [Fact]
    public void FitLogistic_MissingValues_CarryInformation()
    {
        double[][] rows = [.. Enumerable.Range(0, 400).Select(i => new[] { i % 2 == 0 ? double.NaN : i })];
        bool[] labels = [.. Enumerable.Range(0, 400).Select(i => i % 2 == 0)];

        var model = GradientBoostedTrees.FitLogistic(rows, labels, new BoostingSettings { FeatureShare = 1 }, seed: 1);

        Assert.InRange(model.Probability([double.NaN]), 0.95, 1);
        Assert.InRange(model.Probability([200.0]), 0, 0.05);
    }

    [Fact]
    public void FitListwise_OneFeatureMarksTheRightRow_RanksItFirst()
    {
        var random = new Random(3);
        var (rows, isRight, starts) = (new List<double[]>(), new List<bool>(), new List<int> { 0 });
        for (var group = 0; group < 200; group++)
        {
            for (var i = 0; i < 10; i++)
            {
                rows.Add([i == group % 10 ? 1 + random.NextDouble() : random.NextDouble(), group]);
                isRight.Add(i == group % 10);
            }

            starts.Add(rows.Count);
        }

        var model = GradientBoostedTrees.FitListwise(rows, isRight, starts, new BoostingSettings { Trees = 30, FeatureShare = 1 }, seed: 1);

        Assert.True(model.Score([1.5, 0]) > model.Score([0.5, 0]) + 1);
    }

    private static (double[][] Rows, bool[] Labels) ExclusiveOr(int count, int seed)
    {
        var random = new Random(seed);
        double[][] rows = [.. Enumerable.Range(0, count)
            .Select(_ => new[] { random.NextDouble(), random.NextDouble(), random.NextDouble() })];
        return (rows, [.. rows.Select(row => row[0] > 0.5 != row[1] > 0.5)]);
    }
}
