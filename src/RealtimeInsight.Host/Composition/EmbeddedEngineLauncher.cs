namespace RealtimeInsight.Host;

internal sealed class EmbeddedEngineLauncher : IEngineLauncher
{
    public Task<IRunningEngine> StartAsync(CancellationToken cancellationToken) => throw new SetupException("none");
}
