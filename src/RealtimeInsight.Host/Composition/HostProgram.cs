using System.Runtime.InteropServices;

namespace RealtimeInsight.Host;

/// <summary>A whole run of the host, as the command line starts it.</summary>
public static class HostProgram
{
    public const int ExitSuccess = 0;
    public const int ExitFailure = 1;
    public const int ExitSetup = 2;

    /// <summary>SIGXFSZ, which has no name in the enumeration; the number is the same on Linux and macOS.</summary>
    private const PosixSignal FileSizeLimitReached = (PosixSignal)25;

    /// <summary>
    /// Starts the host and returns when it was told to stop, by <paramref name="stop"/>, Ctrl-C or SIGTERM, and has saved everything.
    /// </summary>
    /// <param name="output">Settings, the address, and what happens in the demo.</param>
    /// <param name="error">Why it cannot start or stopped early.</param>
    /// <returns>0 after a clean stop, 1 when it failed while running, 2 when it cannot start with these settings.</returns>
    public static async Task<int> RunAsync(HostArguments arguments, TextWriter output, TextWriter error, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        return await RunAsync(Prepare, output, error, stop).ConfigureAwait(false);

        Task<HostRun> Prepare()
        {
            var settings = HostSettings.Read(arguments);
            return Task.FromResult(new HostRun(settings, InsightHost.Build(settings, output), [.. SettingsPrinter.Lines(settings)]));
        }
    }

    /// <param name="prepare">Reads the settings and builds the host; throws <see cref="SetupException"/> where that cannot be done.</param>
    internal static async Task<int> RunAsync(
        Func<Task<HostRun>> prepare, TextWriter output, TextWriter error, CancellationToken stop)
    {
        // A file that reaches the process's size limit is a failed write, answered as such; by default the signal ends the process.
        using var sizeLimit = OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create(FileSizeLimitReached, static context => context.Cancel = true);
        try
        {
            var run = await prepare().ConfigureAwait(false);
            var host = run.Host;
            await using (host.ConfigureAwait(false))
            {
                await output.WriteLineAsync("Settings:").ConfigureAwait(false);
                foreach (var line in run.SettingsLines) await output.WriteLineAsync(line).ConfigureAwait(false);
                await StartAsync(run, stop).ConfigureAwait(false);
                await GreetAsync(host, run.Settings, output).ConfigureAwait(false);
                await host.WaitForStopAsync(stop).ConfigureAwait(false);
                if (host.Problem is { } problem)
                {
                    await error.WriteLineAsync($"insight: {problem}").ConfigureAwait(false);
                    return ExitFailure;
                }

                await output.WriteLineAsync("Stopped; everything accepted is saved.").ConfigureAwait(false);
                return ExitSuccess;
            }
        }
        catch (SetupException problem)
        {
            await error.WriteLineAsync($"insight: {problem.Message}").ConfigureAwait(false);
            return ExitSetup;
        }
    }

    private static async Task StartAsync(HostRun run, CancellationToken stop)
    {
        try
        {
            await run.Host.StartAsync(stop).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not SetupException && run.Explain?.Invoke(fault) is { } reason)
        {
            throw new SetupException(reason, fault);
        }
    }

    private static async Task GreetAsync(InsightHost host, HostSettings settings, TextWriter output)
    {
        var address = host.Address;
        await output.WriteLineAsync($"""

            RealtimeInsight listens on {address}
              console   {address}/
              health    {address}/health/ready
              metrics   {address}/metrics
              OpenAPI   {address}/openapi/v1.json
              data      {Path.GetFullPath(settings.Host.DataDir)}
              policy    {settings.PolicyPath}
            """).ConfigureAwait(false);
        foreach (var line in Notes(settings)) await output.WriteLineAsync(line).ConfigureAwait(false);
        await output.WriteLineAsync("Ctrl-C stops it.").ConfigureAwait(false);
        await output.WriteLineAsync().ConfigureAwait(false);
    }

    private static IEnumerable<string> Notes(HostSettings settings)
    {
        if (settings.Host.Demo)
        {
            yield return "Demo: a simulated shop sends events with the write key 'demo', which counts on this machine only.";
            yield return $"Demo: spans are shortened: a session ends after {Span(settings.Customer.SessionGap)}, a cart is at risk after "
                + $"{Span(settings.Customer.CartAtRiskAfter)} and abandoned after {Span(settings.Customer.CartAbandonedAfter)}. "
                + "--no-demo turns all of this off.";
            yield break;
        }

        if (settings.Intake.WriteKeys.Count == 0)
        {
            yield return $"No write key is configured: every event is refused. Set {HostSettings.EnvironmentPrefix}Intake__WriteKeys__0.";
        }

        if (settings.Api.ReadKeys.Count == 0)
        {
            yield return $"No read key is configured: customers cannot be read. Set {HostSettings.EnvironmentPrefix}Api__ReadKeys__0.";
        }
    }

    private static string Span(TimeSpan span) => span.TotalSeconds < 120 ? $"{span.TotalSeconds:0.#} s" : $"{span.TotalMinutes:0.#} min";
}
