using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Cli.Replay;

/// <summary>Makes the engine of a replay; its data goes into the folder given.</summary>
public delegate Task<IReplayEngine> ReplayEngineFactory(ReplaySettings settings, string dataDir, CancellationToken cancellationToken);

/// <summary>One replay from start to end: reads, runs, shows progress, sums up.</summary>
public sealed class ReplayJob(CliConsole console, ReplayEngineFactory createEngine)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);

    private readonly StatusLine _status = new(console);

    /// <summary>Runs to the end or to the cancellation; returns the exit code.</summary>
    public async Task<int> RunAsync(ReplaySettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var format = EventFormats.Get(settings.Format, settings.Mapping);
        var started = console.Time.GetTimestamp();
        var input = ReplayInput.Load(format, settings.Data, settings.Limit, cancellationToken);
        var reading = console.Time.GetElapsedTime(started);
        var found = $"{format.Name}: {input.Items.Count:N0} lines in {input.Files.Count:N0} file(s), {input.MalformedCount:N0} malformed";
        await console.Error.WriteLineAsync(found).ConfigureAwait(false);

        var temporary = settings.DataDir is null ? Directory.CreateTempSubdirectory("insight-replay-") : null;
        try
        {
            var dataDir = temporary?.FullName ?? Path.GetFullPath(settings.DataDir!);
            var engine = await createEngine(settings, dataDir, cancellationToken).ConfigureAwait(false);
            await using (engine.ConfigureAwait(false))
            {
                var summary = await RunAsync(settings, format, input, engine, reading, cancellationToken).ConfigureAwait(false);
                Write(settings, summary);
                return summary.Complete ? ExitCodes.Success : ExitCodes.Interrupted;
            }
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    private async Task<ReplaySummary> RunAsync(
        ReplaySettings settings,
        IEventFormat format,
        ReplayInput input,
        IReplayEngine engine,
        TimeSpan reading,
        CancellationToken cancellationToken)
    {
        var runner = new ReplayRunner(engine, settings.Speed, console.Time);
        var started = console.Time.GetTimestamp();
        var run = runner.RunAsync(input, cancellationToken);
        try
        {
            await WatchAsync(run, Show).ConfigureAwait(false);
        }
        catch (EngineUnavailableException problem)
        {
            _status.End();
            throw CliException.Failure($"the replay stopped after {runner.Counts.Read:N0} lines: {problem.Message}", problem);
        }

        Show();
        _status.End();
        var running = console.Time.GetElapsedTime(started);
        return ReplaySummary.Of(format, input, runner, engine, reading, running);

        void Show() => _status.Show(ReplayReport.Progress(
            runner.Counts, input.Items.Count, engine.Engine.GetStatus(), console.Time.GetElapsedTime(started)));
    }

    private async Task WatchAsync(Task run, Action show)
    {
        while (!run.IsCompleted)
        {
            using var stop = new CancellationTokenSource();
            var tick = Task.Delay(ProgressEvery, console.Time, stop.Token);
            if (await Task.WhenAny(run, tick).ConfigureAwait(false) == tick) show();
            else await stop.CancelAsync().ConfigureAwait(false);
        }

        await run.ConfigureAwait(false);
    }

    private void Write(ReplaySettings settings, ReplaySummary summary)
    {
        ReplayReport.WriteTable(settings.Json ? console.Error : console.Out, summary);
        if (settings.Json) console.Out.WriteLine(summary.ToJson());
    }
}
