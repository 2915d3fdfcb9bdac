using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.Recommendation;

namespace RealtimeInsight.Insights.Tests.Recommendation;

public sealed class NextItemStudyTests
{
    [Fact]
    public void Run_ItemsThatFollowEachOther_AreFound()
    {
        var report = NextItemStudy.Run("made_up", Walks(400, 1), Walks(200, 2), seed: 1, TimeProvider.System, _ => { });

        Assert.Equal("learned_order", report.Main.Model.Name);
        Assert.InRange(report.Main.Model["mrr_at_20"], 0.7, 1);
        Assert.True(report.Main.Model["hr_at_20"] > report.Main.Results.Single(result => result.Name == "popularity")["hr_at_20"]);
    }

    [Fact]
    public void Run_ItemsThatOnlyTheStreamShows_AreFoundByLearningFromIt()
    {
        // The test's items are other ones: what was trained knows nothing of them.
        var test = Walks(200, 2).Select(static click => click with { Item = $"new-{click.Item}" }).ToList();

        var live = NextItemStudy.Run("made_up", Walks(400, 1), test, seed: 1, TimeProvider.System, _ => { }).Sections[1];

        Assert.Equal("learned_order_live", live.Model.Name);
        Assert.True(live.Claim.IsMade);
        Assert.True(live.Model["hr_at_20"] > live.Results.Single(static one => one.Name == "learned_order")["hr_at_20"] + 0.2);
        Assert.True(live.Results.Single(static one => one.Name == "co_visitation_live")["hr_at_20"] > 0.7);
        Assert.Equal(0, live.Results.Single(static one => one.Name == "co_visitation_still")["hr_at_20"]);
    }

    [Fact]
    public void Run_SameSeed_GivesTheSameFigures()
    {
        double Rank() =>
            NextItemStudy.Run("made_up", Walks(400, 1), Walks(50, 2), 1, TimeProvider.System, _ => { }).Main.Model["mrr_at_20"];

        Assert.Equal(Rank(), Rank());
    }

    [Fact]
    public void Run_FewCases_RefusesToClaim()
    {
        var report = NextItemStudy.Run("made_up", Walks(30, 1), Walks(10, 2), seed: 1, TimeProvider.System, _ => { });

        Assert.False(report.Main.Claim.IsMade);
        Assert.Equal("neighbours_unlearned", report.Main.Model.Name);
    }

    [Fact]
    public void Run_NoTestSessionOfTwoItems_IsExplained() =>
        Assert.Throws<EvaluationException>(() => NextItemStudy.Run(
            "made_up", Walks(30, 1), [new Click("only", "a", "", 1)], seed: 1, TimeProvider.System, _ => { }));

    [RealDataFact]
    public void Run_Rsc15WithLessTraining_BeatsNearestSessions()
    {
        var folder = RealData.Of("rsc15_1_64");
        var train = Clicks(Path.Combine(folder, "rsc15_train_full.txt")).OrderByDescending(click => click.Seconds).Take(30_000).ToList();
        var test = Clicks(Path.Combine(folder, "rsc15_test.txt")).ToList();

        var report = NextItemStudy.Run("rsc15", train, test, seed: 1, TimeProvider.System, _ => { });

        Assert.Equal(5596, report.Main.Cases);
        Assert.True(report.Main.Claim.IsMade, report.Main.Claim.Text);
    }

    /// <summary>Sessions that walk up the numbers from a random start, one step most of the time.</summary>
    private static List<Click> Walks(int sessions, int seed)
    {
        var random = new Random(seed);
        var clicks = new List<Click>();
        for (var session = 0; session < sessions; session++)
        {
            var item = random.Next(50);
            for (var i = 0; i < 5; i++)
            {
                clicks.Add(new Click($"{seed}-{session}", $"item-{item}", "", (session * 1000) + i));
                item = (item + (random.Next(10) == 0 ? 2 : 1)) % 50;
            }
        }

        return clicks;
    }

    private static IEnumerable<Click> Clicks(string path) => File.ReadLines(path).Skip(1)
        .Select(line => line.Split('\t'))
        .Select(fields => new Click(fields[0], fields[1], fields[2], double.Parse(fields[3])));
}
