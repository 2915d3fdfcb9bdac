using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Engine;
using RealtimeInsight.Host;

namespace RealtimeInsight.Cli.Bench;

/// <summary>The product's host as <c>insight run</c> starts it, on a free loopback port, in a temporary folder.</summary>
internal sealed class BenchHost : IAsyncDisposable
{
    public const string WriteKey = "bench-write-key";

    private readonly BenchFolder _folder = new();
    private InsightHost? _host;

    public Uri Address => new(_host!.Address);

    /// <param name="isDiscarding">Over an engine that keeps nothing, so that what remains is HTTP, JSON and the engine itself.</param>
    public static async Task<BenchHost> StartAsync(bool isDiscarding, CancellationToken cancellationToken)
    {
        var bench = new BenchHost();
        try
        {
            var settings = HostSettings.Read(new HostArguments
            {
                Port = 0,
                DataDir = bench._folder.Path,
                NoDemo = true,
                Settings = new Dictionary<string, string?> { ["Intake:WriteKeys:0"] = WriteKey },
            });
            bench._host = InsightHost.Build(settings, TextWriter.Null, services =>
            {
                if (isDiscarding) services.AddSingleton<IEngineLauncher>(new DiscardingLauncher(settings.Engine));
            });
            await bench._host.StartAsync(cancellationToken).ConfigureAwait(false);
            await bench._host.WaitUntilReadyAsync(cancellationToken).ConfigureAwait(false);
            return bench;
        }
        catch (SetupException fault)
        {
            await bench.DisposeAsync().ConfigureAwait(false);
            throw CliException.Failure(fault.Message, fault);
        }
        catch
        {
            await bench.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.App.StopAsync(CancellationToken.None).ConfigureAwait(false);
            await _host.DisposeAsync().ConfigureAwait(false);
        }

        _folder.Dispose();
    }

    private sealed class DiscardingLauncher(EngineOptions options) : IEngineLauncher
    {
        public async Task<IRunningEngine> StartAsync(CancellationToken cancellationToken) => new DiscardingEngine(
            await BenchEngine.StartAsync(options, new DiscardingStore(), TimeProvider.System, cancellationToken).ConfigureAwait(false));
    }

    private sealed class DiscardingEngine(BenchEngine bench) : IRunningEngine
    {
        public Engine.Port.ICustomerEngine Engine => bench.Engine;

        public IReadOnlyList<string> Problems => [];

        public ValueTask DisposeAsync() => bench.DisposeAsync();
    }
}
