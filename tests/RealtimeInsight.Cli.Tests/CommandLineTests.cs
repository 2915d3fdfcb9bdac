namespace RealtimeInsight.Cli.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--bogus")]
    [InlineData("fly")]
    public async Task Run_UnknownWord_IsNamedAndAnswersTwo(string word)
    {
        var run = await RunAsync(word);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(word, run.Error, StringComparison.Ordinal);
        Assert.Contains("See: insight --help", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoArguments_ShowsTheHelp()
    {
        var run = await RunAsync();

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("insight [options]", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("insight: 'x' for --limit: give a whole number", "rejects", "list", "--limit", "x")]
    [InlineData("insight: 'x' for show: give a whole number", "rejects", "show", "x")]
    [InlineData("insight: 'many' for --customers: give one number, without separators", "bench", "engine", "--customers", "many")]
    public async Task Run_ValueOfTheWrongType_IsToldWithItsNameAndWhatToGive(string told, params string[] args)
    {
        var run = await CliRun.OfAsync(Program.Verbs, args);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.StartsWith(told + Environment.NewLine, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnknownCommandOfAVerb_NamesThoseThereAre()
    {
        var run = await CliRun.OfAsync(Program.Verbs, "bench", "everything");

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("everything", run.Error, StringComparison.Ordinal);
        Assert.Contains("There is: insight bench with one of onnx, engine, ", run.Error, StringComparison.Ordinal);
    }

    private static Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync(static _ => [], args);
}
