namespace RealtimeInsight.Cli.Bench;

/// <summary>Runs one scenario and tells its figures.</summary>
internal sealed class BenchJob(CliConsole console)
{
    /// <param name="values">Checked values of all options of the scenario, by name.</param>
    public async Task<int> RunAsync(
        IBenchScenario scenario, IReadOnlyDictionary<string, double> values, bool isJson, CancellationToken cancellationToken)
    {
        var machine = BenchMachine.Read();
        var started = console.Time.GetTimestamp();
        var report = new BenchReport(scenario.Name);
        var status = new StatusLine(console);
        try
        {
            await scenario.RunAsync(new BenchContext(values, report, console.Time, status.Show), cancellationToken).ConfigureAwait(false);
        }
        catch (BenchUnavailableException missing)
        {
            throw CliException.Failure(missing.Message, missing);
        }
        finally
        {
            status.End();
        }

        BenchWriter.WriteTable(console.Out, report, machine);
        if (isJson)
        {
            await console.Out.WriteLineAsync(BenchWriter.ToJsonLine(report, machine, console.Time.GetElapsedTime(started)))
                .ConfigureAwait(false);
        }

        return ExitCodes.Success;
    }
}
