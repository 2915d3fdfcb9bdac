using System.Text.Json;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Decisions;

/// <summary>From an engine's own store to the value of another choice.</summary>
public sealed class DecisionsVerbTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Decisions_OfAShopWhoseTruthIsKnown_ValueOtherChoices()
    {
        await using (var shop = new KnownShop(_folder.Path)) await shop.ServeAsync(customers: 4_000);
        var table = Path.Combine(_folder.Path, "decisions.csv.gz");

        var export = await RunAsync("decisions", "--data-dir", _folder.Path, "--out", table, "--json");
        var evaluate = await RunAsync("evaluate", "ope", "--format", "decisions", "--train", table, "--test", table, "--json");

        Assert.True(export.ExitCode == ExitCodes.Success, export.Error);
        using var written = JsonDocument.Parse(export.OutLines[^1]);
        Assert.InRange(written.RootElement.GetProperty("decisions").GetInt32(), 6_800, 7_600);
        Assert.InRange(written.RootElement.GetProperty("waiting").GetInt32(), 30, 50);
        Assert.True(written.RootElement.GetProperty("without_propensity").GetInt32() > 1_000);
        Assert.True(written.RootElement.GetProperty("not_given").GetInt32() > 400);
        Assert.True(evaluate.ExitCode == ExitCodes.Success, evaluate.Error);
        using var report = JsonDocument.Parse(evaluate.OutLines[^1]);
        var root = report.RootElement;
        Assert.True(root.GetProperty("claim_made").GetBoolean(), evaluate.Out);
        Assert.Equal(KnownShop.ByContext, root.GetProperty("metrics").GetProperty("policy_value").GetDouble(), tolerance: 0.05);
        (string, double)[] known = [("always_call", KnownShop.AlwaysCall), ("always_mail", KnownShop.AlwaysMail)];
        foreach (var (name, truth) in known)
        {
            var metrics = root.GetProperty("baselines").EnumerateArray()
                .Single(one => one.GetProperty("name").GetString() == name).GetProperty("metrics");
            foreach (var estimate in (string[])["policy_value", "ips", "snips"])
            {
                Assert.Equal(truth, metrics.GetProperty(estimate).GetDouble(), tolerance: 0.05);
            }
        }
    }

    [Fact]
    public async Task Evaluate_FewDecisions_RefusesToConclude()
    {
        var table = _folder.Write("few.csv", [Header, .. Enumerable.Range(0, 400).Select(static i => Row(i, i % 2, i % 9 == 0))]);

        var run = await RunAsync("evaluate", "ope", "--format", "decisions", "--train", table, "--test", table, "--json");

        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        using var report = JsonDocument.Parse(run.OutLines[^1]);
        Assert.False(report.RootElement.GetProperty("claim_made").GetBoolean());
        Assert.Contains("effective sample size", report.RootElement.GetProperty("claim").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rule,variant", "the header has no propensity")]
    [InlineData(Header + "|r,2026-01-01,a,0,a=0.5;b=0.5,1,3", "line 2: propensity is '0'")]
    [InlineData(Header + "|r,2026-01-01,c,0.5,a=0.5;b=0.5,1,3", "which is not one of the variants a, b")]
    [InlineData(Header + "|r,2026-01-01,a,0.5,a=0.5;b=0.4,1,3", "probabilities add up to 1")]
    [InlineData(Header + "|r,2026-01-01,a,0.5,a;b,1,3", "'ten=0.75;gift=0.25'")]
    [InlineData(Header + "|r,2026-01-01,a,0.5,a=0.5;b=0.5,2,3", "reward is '2'")]
    [InlineData(Header, "hold no decision")]
    [InlineData(Header + "|r,2026-01-01,a,0.5,a=0.5;b=0.5,1,3", "at least 100 of each are needed")]
    public async Task Evaluate_ATableThatBreaksARule_SaysWhereAndAnswersTwo(string lines, string expected)
    {
        var table = _folder.Write("bad.csv", lines.Split('|'));

        var run = await RunAsync("evaluate", "ope", "--format", "decisions", "--train", table, "--test", table);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decisions_WithoutAStore_NameWhatIsMissing()
    {
        var (none, table) = (Path.Combine(_folder.Path, "none"), Path.Combine(_folder.Path, "x.csv"));

        var run = await RunAsync("decisions", "--data-dir", none, "--out", table);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("there is no such file", run.Error, StringComparison.Ordinal);
    }

    private const string Header = "rule,decided_at,variant,propensity,variants,reward,x_orders";

    private static string Row(int number, int variant, bool isRewarded) =>
        $"r,2026-01-{1 + (number / 20):00},{"ab"[variant]},0.5,a=0.5;b=0.5,{(isRewarded ? 1 : 0)},{number % 3}";

    private static Task<CliRun> RunAsync(params string[] args) =>
        CliRun.OfAsync(static console => [DecisionsVerb.Create(console), EvaluateVerb.Create(console)], args);
}
