using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.OffPolicy;

namespace RealtimeInsight.Insights.Tests.OffPolicy;

public sealed class VariantStudyTests
{
    [Fact]
    public void Run_ProbabilitiesThatDidNotChoose_AreDoubted()
    {
        var wrong = Log(4_000, chooses: 0.5, logs: 0.8);

        var report = VariantStudy.Run("made_up", wrong, null, seed: 1);

        Assert.Contains(report.Main.Notes, static note => note.Contains("not those that chose", StringComparison.Ordinal));
        Assert.DoesNotContain(
            VariantStudy.Run("made_up", Log(4_000, chooses: 0.8, logs: 0.8), null, seed: 1).Main.Notes,
            static note => note.Contains("not those that chose", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_ContextThatSaysNothing_GivesTheBetterVariantToAll()
    {
        var report = VariantStudy.Run("made_up", Log(8_000, chooses: 0.5, logs: 0.5), null, seed: 1);

        var better = report.Main.Results.Single(static result => result.Name == "always_b");
        Assert.Equal(better["policy_value"], report.Main.Model["policy_value"], tolerance: 0.03);
        Assert.InRange(report.Main.Model["policy_value"], 0.22, 0.28);
        Assert.True(report.Main.Claim.IsMade, report.Main.Claim.Text);
    }

    [Fact]
    public void Run_VariantsChanged_OldSetIsLeftOut()
    {
        var log = Log(1_000, chooses: 0.5, logs: 0.5);
        var before = log.Select(static one => one with { Variants = ["a", "c"], DecidedAt = one.DecidedAt.AddYears(-1) }).ToList();

        var report = VariantStudy.Run("made_up", [.. log, .. before], log, seed: 1);

        Assert.Equal(1_000, report.TrainCases);
        Assert.Throws<EvaluationException>(() => VariantStudy.Run("made_up", before, log, seed: 1));
    }

    /// <summary>Two variants, rewarded in 10 and 25 % whatever is known.</summary>
    private static List<DrawnDecision> Log(int count, double chooses, double logs)
    {
        var random = new Random(5);
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                var chosen = random.NextDouble() < chooses ? 0 : 1;
                return new DrawnDecision
                {
                    Rule = "r",
                    Customer = $"c{i / 2}",
                    DecidedAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(i),
                    Variants = ["a", "b"],
                    Chosen = chosen,
                    Propensity = chosen == 0 ? logs : 1 - logs,
                    IsRewarded = random.NextDouble() < (chosen == 0 ? 0.10 : 0.25),
                    Context = [random.NextDouble(), random.NextDouble(), double.NaN],
                };
            }),
        ];
    }
}
