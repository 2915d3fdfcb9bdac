using RealtimeInsight.Host;

namespace RealtimeInsight.Silo;

/// <summary>The program as it is where Orleans could not be restored: it says so, and what to do.</summary>
internal static class SiloProgram
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        stop.ThrowIfCancellationRequested();
        await error.WriteLineAsync(
            "silo: this build has no Orleans: the package registry that it was built with does not serve Microsoft.Orleans.Server. "
            + "Add a registry that does, run ./insight setup --again, and build again; or run one machine with ./insight run.")
            .ConfigureAwait(false);
        return HostProgram.ExitSetup;
    }
}
