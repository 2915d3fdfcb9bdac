using RealtimeInsight.Host;

namespace RealtimeInsight.Silo;

/// <summary>A whole run of a silo.</summary>
internal static class SiloProgram
{
    /// <summary>
    /// Joins the cluster, serves, and returns when it was told to stop, by <paramref name="stop"/>, Ctrl-C or SIGTERM, and has saved its
    /// customers.
    /// </summary>
    /// <returns>0 after a clean stop, 1 when it failed while running, 2 when it cannot start with these settings.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, CancellationToken stop)
    {
        if (SiloArguments.AsksForHelp(arguments))
        {
            await output.WriteLineAsync(SiloArguments.Usage).ConfigureAwait(false);
            return HostProgram.ExitSuccess;
        }

        return await HostProgram.RunAsync(() => PrepareAsync(arguments, output, stop), output, error, stop).ConfigureAwait(false);
    }

    private static async Task<HostRun> PrepareAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken stop)
    {
        var settings = SiloSettings.Read(arguments);
        PortCheck.Require(settings.Cluster);
        await AzureCluster.CheckAsync(settings.Cluster, stop).ConfigureAwait(false);
        return new HostRun(
            settings.Host,
            InsightHost.Build(settings.Host, output, services => services.AddSilo(settings)),
            [.. SettingsPrinter.Lines(settings.Sections, settings.Host.Configuration)])
        {
            Explain = fault => StartFaults.Explain(fault, settings.Cluster),
        };
    }
}
