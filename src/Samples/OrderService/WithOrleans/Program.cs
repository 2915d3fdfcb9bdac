using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using RealtimeInsight.Orleans.Contracts;

namespace RealtimeInsight.Samples.OrderService;

/// <summary>
/// An order service that tells each customer's grain of its orders, and asks it before it answers: no events, no HTTP between the two.
/// Settings: <c>Urls</c>, <c>Cluster:GatewayPort</c>, <c>Cluster:ServiceId</c>, <c>Cluster:ClusterId</c>.
/// </summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var cluster = builder.Configuration.GetSection("Cluster");
        builder.UseOrleansClient(client => client.UseLocalhostClustering(
            cluster.GetValue("GatewayPort", 30_000),
            cluster.GetValue("ServiceId", "realtime-insight")!,
            cluster.GetValue("ClusterId", "main")!));
        var app = builder.Build();
        app.MapOrders();
        try
        {
            await app.StartAsync().ConfigureAwait(false);
            await ContractCheck.RequireAsync(app.Services.GetRequiredService<IClusterClient>()).ConfigureAwait(false);
        }
        catch (ContractVersionException refused)
        {
            await Console.Error.WriteLineAsync($"orders: {refused.Message}").ConfigureAwait(false);
            return 2;
        }

        await Console.Out.WriteLineAsync($"orders: listening on {string.Join(", ", app.Urls)}").ConfigureAwait(false);
        await app.WaitForShutdownAsync().ConfigureAwait(false);
        return 0;
    }
}
