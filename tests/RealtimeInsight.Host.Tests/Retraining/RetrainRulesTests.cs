using RealtimeInsight.Host.Retraining;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Host.Tests.Retraining;

public sealed class RetrainRulesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(9, 1_000, "drift: 9 of 80 inputs are beyond 0.25")]
    [InlineData(8, 1_000, null)]
    [InlineData(9, 999, null)]
    public void Drift_OfMoreThanATenthOfTheInputs_IsAReason(int far, long samples, string? reason)
    {
        var inputs = Enumerable.Range(0, 80).Select(i => new InputDrift($"i{i}", i < far ? 0.3 : 0.01, 0)).ToArray();
        var champion = new VersionWatch("behaviour/1", "1", [], new DriftWatch(samples, inputs, [], []));

        Assert.Equal(reason, Due(new RetrainOptions { OnDrift = true }, champion, TimeSpan.FromDays(2)));
        Assert.Null(Due(new RetrainOptions { OnDrift = false }, champion, TimeSpan.FromDays(2)));
        Assert.Null(Due(new RetrainOptions { OnDrift = true }, champion, TimeSpan.FromHours(23)));
    }

    [Fact]
    public void Quality_WorseThanInTraining_IsAReason()
    {
        var live = new QualityFigures(1_200, 240, 0.2, 0.2, 0.6, 0.001, 0.02, 0.15, 0.45, 0.03, []);
        var head = new HeadWatch("churn", null, 1_200, live, new HeadMetrics(5_000, 0.2, 0.78, 0.1, 0.4), null);

        Assert.Equal(
            "quality: AUC of churn is 0.600, 0.780 in training",
            Due(new RetrainOptions { OnDrift = true }, new VersionWatch("behaviour/1", "1", [head], null), TimeSpan.FromDays(2)));
    }

    [Fact]
    public void Judge_NeedsEveryJudgedHead()
    {
        var better = new PairedFigures(5_000, -0.01, -0.02, -0.001);
        VersionWatch Shadow(PairedFigures? other) => new("behaviour/2", "2",
            [new HeadWatch("purchase", null, 0, null, null, better), new HeadWatch("abandonment", null, 0, null, null, other)], null);
        var options = new RetrainOptions();

        Assert.Equal(Standing.Open, RetrainRules.Judge(options, Shadow(null)).Standing);
        Assert.Equal(Standing.Better, RetrainRules.Judge(options, Shadow(new PairedFigures(3_000, 0.001, -0.01, 0.02))).Standing);
        Assert.Equal(Standing.Worse, RetrainRules.Judge(options, Shadow(new PairedFigures(3_000, 0.01, 0.001, 0.02))).Standing);
        Assert.Null(RetrainRules.Judge(options, null).Text);
    }

    [Fact]
    public void Validate_EachSettingBeyondItsBound_IsNamed()
    {
        Assert.Empty(RetrainOptions.Validate(new RetrainOptions()));
        AssertNamed("Command", new RetrainOptions { Command = ["train"] });
        AssertNamed("Command", new RetrainOptions { OnDrift = true });
        AssertNamed("Every", With(static options => options.Every = TimeSpan.FromMinutes(59)));
        AssertNamed("Rest", With(static options => options.Rest = TimeSpan.Zero));
        AssertNamed("TrainingMax", With(static options => options.TrainingMax = TimeSpan.FromDays(8)));
        AssertNamed("ShadowShare", With(static options => options.ShadowShare = 0));
        AssertNamed("ShadowShare", With(static options => options.ShadowShare = 1.01));
        AssertNamed("PromoteOutcomesMin", With(static options => options.PromoteOutcomesMin = 99));
        AssertNamed("ShadowMax", With(static options => options.ShadowMax = TimeSpan.FromMinutes(1)));
        AssertNamed("CheckInterval", With(static options => options.CheckInterval = TimeSpan.Zero));
        AssertNamed("PromoteHeads", With(static options => options.PromoteHeads = ["sales"]));
    }

    private static RetrainOptions With(Action<RetrainOptions> change)
    {
        var options = new RetrainOptions { Command = ["{out}"] };
        change(options);
        return options;
    }

    private static void AssertNamed(string name, RetrainOptions options) =>
        Assert.StartsWith($"Retrain:{name}", Assert.Single(RetrainOptions.Validate(options)), StringComparison.Ordinal);

    private static string? Due(RetrainOptions options, VersionWatch champion, TimeSpan age) =>
        RetrainRules.Due(options, new RetrainState { LastTraining = s_now - age }, champion, s_now);
}
