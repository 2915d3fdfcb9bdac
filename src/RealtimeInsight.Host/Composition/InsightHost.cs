using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host.Api;
using RealtimeInsight.Host.Demo;
using RealtimeInsight.Host.EventHubs;
using RealtimeInsight.Host.Intake;
using RealtimeInsight.Host.Learning;
using RealtimeInsight.Host.Telemetry;
using RealtimeInsight.Host.Text;
using RealtimeInsight.Host.Web;

namespace RealtimeInsight.Host;

/// <summary>
/// The composition root: one web application with its engine, built from checked settings. Dispose to release everything.
/// </summary>
public sealed class InsightHost : IAsyncDisposable
{
    /// <summary>Time for a stop: requests end, the queues drain, the customers are saved.</summary>
    public static readonly TimeSpan StopMax = TimeSpan.FromSeconds(10);

    private const long RequestBytesMax = 1024 * 1024;

    private readonly DataFolder _data;

    private InsightHost(WebApplication app, DataFolder data)
    {
        App = app;
        _data = data;
    }

    public WebApplication App { get; }

    public IServiceProvider Services => App.Services;

    /// <summary>Where the started host listens, without a slash at the end.</summary>
    public string Address =>
        Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.TrimEnd('/')
        ?? throw new InvalidOperationException("The host has no address before it is started; start it first.");

    /// <summary>Why the run ended early; null when nothing failed.</summary>
    public string? Problem => Services.GetRequiredService<HostOutcome>().Problem;

    /// <param name="settings">Checked settings.</param>
    /// <param name="output">Where a demo prints its lines.</param>
    /// <param name="replace">Changes the services last; for tests and other engines.</param>
    /// <exception cref="SetupException">The data folder or the policy cannot be used.</exception>
    public static InsightHost Build(HostSettings settings, TextWriter output, Action<IServiceCollection>? replace = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(output);
        var policy = PolicyFile.Load(settings.PolicyPath);
        var data = DataFolder.Open(settings.Host.DataDir);
        try
        {
            var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
            builder.Configuration.Sources.Clear();
            Configure(builder, settings);
            builder.Services.AddSingleton(data);
            builder.Services.AddSingleton(policy);
            builder.Services.AddSingleton(new DemoLines(output));
            builder.Services.AddInsight(settings);
            replace?.Invoke(builder.Services);
            builder.Services.AddHubReader(settings);
            var app = builder.Build();
            Map(app, settings);

            // Uptime counts from here, not from the first look at it.
            app.Services.GetRequiredService<StatusReader>();
            return new InsightHost(app, data);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Starts listening. The engine gets ready behind it: see <c>/health/ready</c>.</summary>
    /// <exception cref="SetupException">The port is taken or the address cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await App.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException fault) when (fault.InnerException is AddressInUseException)
        {
            throw new SetupException(
                $"the port is in use by another process ({fault.Message}); stop it, or choose another one with --port", fault);
        }
        catch (Exception fault) when (fault is System.Net.Sockets.SocketException or IOException)
        {
            throw new SetupException($"the host cannot listen ({fault.Message}); choose another --listen or --port", fault);
        }
    }

    /// <summary>Returns when the engine behind the started host takes events.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the host stops because the engine cannot start.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var stopping = Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        await Services.GetRequiredService<EngineGate>().OpenedAsync(either.Token).ConfigureAwait(false);
    }

    /// <summary>Returns when a stop was asked for, by <paramref name="stop"/> or a signal, and is complete or out of time.</summary>
    public async Task WaitForStopAsync(CancellationToken stop)
    {
        try
        {
            await App.WaitForShutdownAsync(stop).ConfigureAwait(false);
        }
        catch (Exception late) when (late is OperationCanceledException
            || (late is AggregateException several && several.InnerExceptions.Any(inner => inner is OperationCanceledException)))
        {
            var limit = Services.GetRequiredService<IOptions<Microsoft.Extensions.Hosting.HostOptions>>().Value.ShutdownTimeout;
            Services.GetRequiredService<HostOutcome>().Fail(
                $"the stop took over {limit.TotalSeconds:0} s and was cut off; "
                + "what was acknowledged is durable and is there after the next start");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync().ConfigureAwait(false);
        _data.Dispose();
    }

    private static void Configure(WebApplicationBuilder builder, HostSettings settings)
    {
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = RequestBytesMax;
            server.Listen(IPAddress.Parse(settings.Host.Listen), settings.Host.Port);
        });
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = StopMax);
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.UseUtcTimestamp = true;
        });
        // Standard output is for people; the log goes where logs go.
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);
        // The demo prints its actions itself.
        if (settings.Host.Demo) builder.Logging.AddFilter("RealtimeInsight.Host.Channels", LogLevel.Warning);
    }

    private static void Map(WebApplication app, HostSettings settings)
    {
        // Made now, so that the time of the start is right.
        app.Services.GetRequiredService<StatusReader>();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseSecurityHeaders();
        app.UseConsole();
        app.MapIntake();
        app.MapEventHubs(settings.EventHubs);
        app.MapReads();
        app.MapIdentity();
        app.MapModels();
        app.MapRetraining();
        app.MapCorrections();
        app.MapLearning();
        app.MapNextItems();
        app.MapText();
        app.MapDelivery();
        app.MapRejects();
        app.MapHealth();
        app.MapPrometheus();
        app.MapOpenApi("/openapi/{documentName}.json");
    }
}
