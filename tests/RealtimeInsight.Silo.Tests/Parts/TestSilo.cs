using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;
using RealtimeInsight.Host;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Silo.Tests.Process;

namespace RealtimeInsight.Silo.Tests.Parts;

/// <summary>A whole silo within this process, on free ports, with its services to be asked.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private TestSilo(InsightHost host, DirectoryInfo folder, int siloPort) => (Host, Folder, SiloPort) = (host, folder, siloPort);

    public InsightHost Host { get; }

    public DirectoryInfo Folder { get; }

    public int SiloPort { get; }

    public IServiceProvider Services => Host.Services;

    /// <param name="first">Another silo of the cluster; null for the first one.</param>
    public static async Task<TestSilo> StartAsync(TestSilo? first, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("silo");
        var siloPort = SiloProcess.FreePort();
        var settings = SiloSettings.Read(
        [
            "--Host:Port=0", $"--Host:DataDir={folder.FullName}", $"--Cluster:SiloPort={siloPort}",
            $"--Cluster:GatewayPort={SiloProcess.FreePort()}", $"--Cluster:FirstSiloPort={first?.SiloPort ?? 0}",
            "--Intake:WriteKeys:0=write-key-1", "--Api:ReadKeys:0=read-key-1", .. arguments,
        ]);
        var host = InsightHost.Build(settings.Host, TextWriter.Null, services => services.AddSilo(settings));
        await host.StartAsync(CancellationToken.None).WaitAsync(SiloProcess.Patience);
        using var limit = new CancellationTokenSource(SiloProcess.Patience);
        await host.WaitUntilReadyAsync(limit.Token);
        return new TestSilo(host, folder, siloPort);
    }

    /// <summary>Makes a customer that is nowhere yet live on this silo.</summary>
    public async Task HoldAsync(string customer)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, Services.GetRequiredService<ILocalSiloDetails>().SiloAddress);
        await Services.GetRequiredService<IGrainFactory>().GetGrain<ICustomerGrain>(customer).GetInsightAsync();
        RequestContext.Remove(IPlacementDirector.PlacementHintKey);
    }

    public async Task<string> MetricsAsync()
    {
        using var client = new HttpClient { BaseAddress = new Uri(Host.Address), Timeout = SiloProcess.Patience };
        return await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
    }

    /// <summary>Value of the samples of <c>/metrics</c> with a name and a label; 0 where there are none.</summary>
    public async Task<double> MetricAsync(string name, string label) => (await MetricsAsync()).Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
        .Sum(static line => double.Parse(line.Split("} ")[1].Split(' ')[0], CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        await Host.App.StopAsync();
        await Host.DisposeAsync();
        Folder.Delete(recursive: true);
    }
}
