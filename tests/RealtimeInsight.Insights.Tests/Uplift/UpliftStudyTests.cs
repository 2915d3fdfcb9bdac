using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.Uplift;

namespace RealtimeInsight.Insights.Tests.Uplift;

public sealed class UpliftStudyTests
{
    [Fact]
    public void Run_EffectInOneGroup_IsFoundForThatArmOnly()
    {
        var report = UpliftStudy.Run("made_up", People(12_000, 1), People(12_000, 2), seed: 1);

        Assert.True(report.Sections[0].Claim.IsMade, report.Sections[0].Claim.Text);
        Assert.False(report.Sections[1].Claim.IsMade, report.Sections[1].Claim.Text);
    }

    [Fact]
    public void Run_Figures_HaveAnIntervalAndAnEffectiveSampleSize()
    {
        var people = People(3_000, 2);
        var report = UpliftStudy.Run("made_up", People(3_000, 1), people, seed: 1);

        var qini = report.Sections[0].Model.Metrics[0];
        Assert.Equal("qini", qini.Name);
        Assert.InRange(qini.Value, qini.Low!.Value, qini.High!.Value);
        Assert.True(qini.Low > 0, "the whole interval is above random");
        // One arm sent to all: everyone of that arm counts the same, nobody else does.
        var mensToAll = report.Sections[2].Results.Single(static model => model.Name == "mens_to_all");
        Assert.Equal(people.Count(static person => person.Arm == UpliftStudy.Mens), mensToAll["effective_sample_size"], 6);
    }

    [Fact]
    public void Run_FewPeople_RefusesToClaim() =>
        Assert.Contains("too small", UpliftStudy.Run("made_up", People(900, 1), People(900, 2), seed: 1).Main.Claim.Text,
            StringComparison.Ordinal);

    [Fact]
    public void Run_NobodyVisited_RefusesWithoutAFigureThatIsNone()
    {
        List<ExperimentCase> people = [.. People(6, 1).Select(person => person with { Visit = false })];

        var report = UpliftStudy.Run("made_up", people, people, seed: 1);

        Assert.All(report.Sections, static section =>
        {
            Assert.False(section.Claim.IsMade);
            Assert.DoesNotContain("NaN", section.Claim.Text, StringComparison.Ordinal);
        });
        Assert.Contains("random rankings all give the same", report.Main.Claim.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ArmIsMissing_IsExplained()
    {
        var noWomens = People(900, 1).Where(person => person.Arm != UpliftStudy.Womens).ToList();

        var problem = Assert.Throws<EvaluationException>(() => UpliftStudy.Run("made_up", noWomens, noWomens, seed: 1));

        Assert.Contains(UpliftStudy.Womens, problem.Message, StringComparison.Ordinal);
    }

    /// <summary>Womens mail moves those whose first feature is 1; mens mail moves nobody.</summary>
    private static List<ExperimentCase> People(int count, int seed)
    {
        var random = new Random(seed);
        string[] arms = [UpliftStudy.Control, UpliftStudy.Mens, UpliftStudy.Womens];
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                double[] features = [random.Next(2), random.NextDouble()];
                var rate = 0.1 + (arms[i % 3] == UpliftStudy.Womens ? 0.15 * features[0] : 0);
                return new ExperimentCase(features, arms[i % 3], random.NextDouble() < rate, Conversion: false, Spend: 0);
            }),
        ];
    }
}
