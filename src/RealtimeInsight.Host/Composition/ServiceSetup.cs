using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.EventHubs;
using RealtimeInsight.Host.Api;
using RealtimeInsight.Host.Channels;
using RealtimeInsight.Host.Demo;
using RealtimeInsight.Host.EventHubs;
using RealtimeInsight.Host.Intake;
using RealtimeInsight.Host.Retraining;
using RealtimeInsight.Host.Telemetry;
using RealtimeInsight.Host.Text;

namespace RealtimeInsight.Host;

/// <summary>Registers what the host consists of.</summary>
internal static class ServiceSetup
{
    public static void AddInsight(this IServiceCollection services, HostSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(settings.Host);
        services.AddSingleton(settings.Intake);
        services.AddSingleton(settings.EventHubs);
        services.AddSingleton(settings.Api);
        services.AddSingleton(settings.Demo);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddPrometheus();
        services.AddTraceExport();
        services.AddHttp(settings);
        services.AddSingleton<ChannelSetup>();
        services.AddSingleton<IReadOnlyList<IActionChannel>>(provider => provider.GetRequiredService<ChannelSetup>().Channels);
        services.AddSingleton<HostOutcome>();
        services.AddSingleton<EngineGate>();
        services.AddSingleton<ICustomerEngine>(provider => provider.GetRequiredService<EngineGate>());
        services.AddSingleton<IEngineLauncher, EmbeddedEngineLauncher>();
        services.AddHostedService<EngineService>();
        services.AddSingleton<RetrainService>();
        services.AddHostedService(static provider => provider.GetRequiredService<RetrainService>());
        services.AddSingleton<TextService>();
        services.AddSingleton<TextLabeller>();
        services.AddHostedService(static provider => provider.GetRequiredService<TextService>());
        if (settings.Host.Demo)
        {
            services.AddHostedService<DemoFeeder>();
            services.AddHostedService<DemoNarrator>();
        }
    }

    /// <summary>Last of all: what is read goes to an engine that starts before and stops after it.</summary>
    public static void AddHubReader(this IServiceCollection services, HostSettings settings)
    {
        if (!settings.HubReader.IsOn) return;
        services.AddSingleton(static provider =>
            new HubInstruments(provider.GetRequiredService<IMeterFactory>().Create(HubInstruments.MeterName)));
        services.AddSingleton<IHubEventReader, HubEventReader>();
        services.TryAddSingleton<Func<string, IPartitionSink>>(
            static provider => _ => new EngineSink(provider.GetRequiredService<ICustomerEngine>()));
        services.AddSingleton<Func<HubReader>>(provider => () => new HubReader(
            settings.HubReader, provider.GetRequiredService<Func<string, IPartitionSink>>(),
            provider.GetRequiredService<IHubEventReader>(), provider.GetRequiredService<HubInstruments>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<HubReader>>()));
        services.AddHostedService<HubReaderService>();
    }

    private static void AddHttp(this IServiceCollection services, HostSettings settings)
    {
        services.ConfigureHttpJsonOptions(json => ApiJson.Apply(json.SerializerOptions));
        services.AddProblemDetails(static problems => problems.CustomizeProblemDetails = UnreadRequest.Describe);
        services.AddOpenApi("v1", OpenApiSetup.Describe);
        services.AddSingleton<IntakeInstruments>();
        services.AddSingleton<IntakeCommit>();
        services.AddSingleton<IntakeHandler>();
        services.AddSingleton<EventHubsHandler>();
        services.AddSingleton<RejectReplayer>();
        services.AddSingleton(new WriteAccess(settings.Intake, settings.Host.Demo));
        services.AddSingleton(new ReadAccess(settings.Api, settings.Host.Demo));
        services.AddSingleton(new AdminAccess(settings.Api, settings.Host.Demo));
        services.AddSingleton<StatusReader>();
        services.AddSingleton<LiveStreams>();
    }
}
