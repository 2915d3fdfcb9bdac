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

    private static async Task<CliRun> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new CliConsole(output, error, null, TimeProvider.System);
        var code = await CommandLine.RunAsync(CommandLine.Create([]), args, console, CancellationToken.None);
        return new CliRun(code, output.ToString(), error.ToString());
    }
}
