using System.CommandLine;
using System.Text.Json;
using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Cli.Verbs;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Cli.Tests.Replay;

/// <summary>The verb from its command line to its output, over an engine that only records.</summary>
public sealed class ReplayVerbTests : IDisposable
{
    private const string Header = "timestamp_unix_s,user_id,session_id,event_type,item_id,category_id";

    private readonly DataFolder _folder = new();
    private readonly RecordingEngine _engine;
    private Action _onBatch = () => { };
    private string? _dataDir;

    public ReplayVerbTests() => _engine = new RecordingEngine { OnBatch = _ => _onBatch() };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Replay_Json_EndsWithOneLineThatHoldsTheKeys()
    {
        WriteThreeLines();

        var run = await RunAsync("--format", "retailrocket", "--data", _folder.Path, "--json");

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        using var summary = JsonDocument.Parse(Assert.Single(run.OutLines));
        string[] keys =
        [
            "read", "accepted", "rejected", "duplicates", "customers", "sessions", "carts_opened", "carts_abandoned", "carts_converted",
            "scores", "actions", "events_per_second", "late", "rejected_by_reason", "model", "seconds", "complete", "format",
        ];
        Assert.All(keys, key => Assert.True(summary.RootElement.TryGetProperty(key, out _), key));
        Assert.Equal(3, summary.RootElement.GetProperty("read").GetInt32());
        Assert.Equal(1, summary.RootElement.GetProperty("rejected_by_reason").GetProperty(LineCodes.BadLine).GetInt32());
        Assert.Contains("lines read", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_WithoutJson_WritesTheTableToTheOutput()
    {
        WriteThreeLines();

        var run = await RunAsync("--format", "retailrocket", "--data", _folder.Path);

        Assert.Contains("replay complete", run.Out, StringComparison.Ordinal);
        Assert.Contains("bad_line 1", run.Out, StringComparison.Ordinal);
        Assert.Contains("3 of 3 events", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_WithoutDataDir_UsesATemporaryFolderAndRemovesIt()
    {
        WriteThreeLines();

        await RunAsync("--format", "retailrocket", "--data", _folder.Path);

        Assert.False(Directory.Exists(_dataDir));
    }

    [Fact]
    public async Task Replay_WithDataDir_KeepsIt()
    {
        WriteThreeLines();
        var kept = Path.Combine(_folder.Path, "kept");

        await RunAsync("--format", "retailrocket", "--data", _folder.Path, "--data-dir", kept);

        Assert.Equal(kept, _dataDir);
    }

    [Theory]
    [InlineData("--limit 0", "--limit 0")]
    [InlineData("--speed quick", "--speed quick")]
    [InlineData("--policy /nowhere/policy.yaml", "--policy /nowhere/policy.yaml: there is no such file")]
    [InlineData("--models /nowhere/models", "--models /nowhere/models: there is no such folder")]
    [InlineData("--colour red", "--colour")]
    public async Task Replay_WrongOption_IsExplainedAndNothingIsDone(string options, string expected)
    {
        WriteThreeLines();

        var run = await RunAsync(["--format", "retailrocket", "--data", _folder.Path, .. options.Split(' ')]);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
        Assert.Null(_dataDir);
    }

    [Fact]
    public async Task Replay_EngineThatCannotCommit_AnswersOneAndSaysHowFarItCame()
    {
        WriteThreeLines();
        _onBatch = () => throw new EngineUnavailableException("the disk is full");

        var run = await RunAsync("--format", "retailrocket", "--data", _folder.Path);

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("the replay stopped after 0 lines: the disk is full", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
        Assert.False(Directory.Exists(_dataDir));
    }

    [Fact]
    public async Task Replay_UnexpectedError_AnswersOneAndTellsItInFull()
    {
        WriteThreeLines();
        _onBatch = () => throw new InvalidOperationException("a defect");

        var run = await RunAsync("--format", "retailrocket", "--data", _folder.Path);

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("unexpected error: System.InvalidOperationException: a defect", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_MissingFormat_AnswersTwo()
    {
        var run = await RunAsync("--data", _folder.Path);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("--format", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_Help_EndsWithExamples()
    {
        var run = await RunAsync("--help");

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("Examples:\n  insight replay --format retailrocket --data", run.Out, StringComparison.Ordinal);
    }

    private void WriteThreeLines() =>
        _folder.Write("a.csv", Header, "1441852593,1,2,view,3,4", "broken", "1441852594,1,2,view,3,4");

    private Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync(
        console =>
        [
            ReplayVerb.Create(console, (_, dataDir, _) =>
            {
                _dataDir = dataDir;
                return Task.FromResult<IReplayEngine>(_engine);
            }),
        ],
        ["replay", .. args]);
}
