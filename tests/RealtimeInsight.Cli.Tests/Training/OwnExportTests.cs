using RealtimeInsight.Cli.Features;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Training;

public sealed class OwnExportTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void KnownOf_SaysWhatTheExportCanTell()
    {
        Assert.Equal(Outcomes.All, Known("view", "add to cart", "purchase"));
        Assert.Equal(Outcomes.Churn | Outcomes.NextItem, Known("view", "add to cart"));
        Assert.Equal(Outcomes.Churn | Outcomes.Purchase, Known("purchase"));
    }

    [Fact]
    public async Task Features_OfAnExport_AreWrittenAndItsBadLinesTold()
    {
        WriteExport("1772447400,u1,view", "yesterday,u1,view", "1772447460,u1,purchase");

        var run = await RunAsync("--format", "csv", "--mapping", Path("mapping.json"), "--data", Path("shop.csv"));

        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        Assert.Contains("shop.csv: 2 rows, 1 customers", run.Out);
        Assert.Contains("shop.csv:3: at is 'yesterday'", run.Error);
    }

    [Fact]
    public async Task Features_HalfOfTheLinesBad_IsRefused()
    {
        WriteExport("1772447400,u1,view", "yesterday,u1,view");

        var run = await RunAsync("--format", "csv", "--mapping", Path("mapping.json"), "--data", Path("shop.csv"));

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("1 of 2 lines are no events", run.Error);
    }

    [Theory]
    [InlineData("--format csv", "needs --data PATH")]
    [InlineData("--mapping m.json", "needs --format")]
    [InlineData("--format parquet --data x", "there is no such format")]
    public async Task Features_OptionsThatDoNotFit_AreExplained(string options, string expected)
    {
        var run = await RunAsync(options.Split(' '));

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error);
    }

    private Outcomes Known(params string[] names)
    {
        WriteExport([.. names.Select(name => $"1772447400,u1,{name}")]);
        var settings = new FeatureSettings { Out = Path("out"), Format = "csv", Mapping = Path("mapping.json"), Data = Path("shop.csv") };
        var console = new CliConsole(TextWriter.Null, TextWriter.Null, null, TimeProvider.System);
        return new OwnExport(console).Read(settings, CancellationToken.None).Known;
    }

    private void WriteExport(params string[] lines)
    {
        _folder.WriteText("mapping.json", """
            { "columns": { "time": "at", "customer": "who", "event": "what", "product": "who" }, "time_format": "unix_s",
              "events": { "view": "product_viewed" } }
            """);
        _folder.Write("shop.csv", ["at,who,what", .. lines]);
    }

    private string Path(string name) => System.IO.Path.Combine(_folder.Path, name);

    private Task<CliRun> RunAsync(params string[] args) =>
        CliRun.OfAsync(console => [FeaturesVerb.Create(console)], ["features", "--out", Path("features"), .. args]);
}
