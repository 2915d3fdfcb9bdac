using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host.Api;
using RealtimeInsight.Host.Channels;
using RealtimeInsight.Host.Demo;
using RealtimeInsight.Host.EventHubs;
using RealtimeInsight.Host.Intake;
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
        services.AddHttp(settings);
        services.AddSingleton<ChannelSetup>();
        services.AddSingleton<IReadOnlyList<IActionChannel>>(provider => provider.GetRequiredService<ChannelSetup>().Channels);
        services.AddSingleton<HostOutcome>();
        services.AddSingleton<EngineGate>();
        services.AddSingleton<ICustomerEngine>(provider => provider.GetRequiredService<EngineGate>());
        services.AddSingleton<IEngineLauncher, EmbeddedEngineLauncher>();
        services.AddHostedService<EngineService>();
        services.AddSingleton<TextService>();
        services.AddHostedService(static provider => provider.GetRequiredService<TextService>());
        if (settings.Host.Demo)
        {
            services.AddHostedService<DemoFeeder>();
            services.AddHostedService<DemoNarrator>();
        }
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
