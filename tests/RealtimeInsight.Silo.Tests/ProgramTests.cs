namespace RealtimeInsight.Silo.Tests;

public sealed class ProgramTests
{
#if HAS_ORLEANS
    [Fact]
    public async Task Help_IsAsked_TellsHowToStartTwoSilos()
    {
        var (code, output, _) = await RunAsync("--help");

        Assert.Equal(0, code);
        Assert.Contains("--Cluster:FirstSiloPort=11111", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cluster:SiloPort=1")]
    [InlineData("--port=1")]
    [InlineData("--Cluster:SiloPort")]
    public async Task Argument_ThatIsNoSetting_IsRefusedWithTheForm(string argument)
    {
        var (code, _, error) = await RunAsync(argument);

        Assert.Equal(2, code);
        Assert.Contains("is no setting; write --SECTION:NAME=VALUE", error, StringComparison.Ordinal);
    }
#else
    [Fact]
    public async Task Run_WithoutOrleans_SaysSoAndWhatToDo()
    {
        var (code, _, error) = await RunAsync();

        Assert.Equal(2, code);
        Assert.Contains("this build has no Orleans", error, StringComparison.Ordinal);
        Assert.Contains("./insight setup --again", error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            typeof(Program).Assembly.GetReferencedAssemblies(), static name => name.Name!.StartsWith("Orleans", StringComparison.Ordinal));
    }
#endif

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await SiloProgram.RunAsync(arguments, output, error, CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
