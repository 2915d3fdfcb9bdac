using System.CommandLine;
using System.Diagnostics;
using System.Text;

namespace RealtimeInsight.Cli.Tests.Readme;

/// <summary>Everything that the README tells to type, typed.</summary>
public sealed class ReadmeTests : IDisposable
{
    private const string ShownAddress = "http://127.0.0.1:8080";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DataFolder _work = new();
    private readonly DataFolder _data = new();

    public void Dispose()
    {
        _work.Dispose();
        _data.Dispose();
    }

    [CommandsFact("bash", "curl")]
    public async Task Readme_ShownCommands_AnswerWhatIsShown()
    {
        var shown = ReadmeBlocks.Shown(Document());
        Assert.True(shown.Count >= 5, "the README shows too little");
        // Shorter than the demo's 15 and 40 seconds, so that nobody waits for them here.
        await using var host = await RunningHost.StartAsync(
            _data.Path,
            [],
            [("REALTIME_INSIGHT_Customer__CartAtRiskAfter", "00:00:12"), ("REALTIME_INSIGHT_Customer__CartAbandonedAfter", "00:00:13")]);
        await WriteEntryScriptAsync();
        await using var live = await LiveReader.OpenAsync(host.Address);
        foreach (var command in shown)
        {
            var isOfDecision = command.Command.Contains("/timeline", StringComparison.Ordinal);
            if (isOfDecision) await live.WaitForAsync("decision", "ada").WaitAsync(Patience);
            var answer = await RunAsync(command.Command.Replace(ShownAddress, host.Address, StringComparison.Ordinal));
            ShownAnswer.Matches(command.Answer, answer, $"README.md:{command.Line}");
        }

        Assert.Equal(ExitCodes.Success, await host.StopAsync());
        Assert.Contains("Stopped; everything accepted is saved.", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Readme_PlainCommands_AreCommandLinesOfTheProgram()
    {
        var root = CommandLine.Create(Program.Verbs(CliConsole.ForProcess()));
        var script = File.ReadAllText(Path.Combine(Repository.Root, "insight"));
        var commands = ReadmeBlocks.Plain(Document());

        Assert.Contains("./insight run", commands);
        Assert.Contains("./insight test", commands);
        foreach (var command in commands)
        {
            var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal("./insight", words[0]);
            var isOfScript = words[1] is "test" or "build" or "setup";
            if (isOfScript) Assert.Contains($"\n  {words[1]} ", script, StringComparison.Ordinal);
            else Assert.Empty(root.Parse(words[1..]).Errors);
        }
    }

    [Fact]
    public void Readme_EveryVerb_IsNamed()
    {
        var document = string.Join('\n', Document());

        Assert.All(Program.Verbs(CliConsole.ForProcess()), verb => Assert.Contains($"`{verb.Name}`", document, StringComparison.Ordinal));
    }

    private static string[] Document() => File.ReadAllLines(Path.Combine(Repository.Root, "README.md"));

    /// <summary>What the entry script does once everything is built.</summary>
    private Task WriteEntryScriptAsync()
    {
        _work.WriteText("insight", $"#!/usr/bin/env bash\nexec dotnet '{RunningHost.CliPath}' \"$@\"\n");
        return RunAsync("chmod +x insight");
    }

    /// <summary>Runs a command as typed; returns what it wrote to its output.</summary>
    private async Task<string> RunAsync(string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", command])
        {
            WorkingDirectory = _work.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"{command}\nended with {process.ExitCode}:\n{await error}");
        return output;
    }
}
