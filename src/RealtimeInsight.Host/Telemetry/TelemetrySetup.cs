using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
#if PROMETHEUS_EXPORTER
using OpenTelemetry.Metrics;
#else
using System.Diagnostics.Metrics;
#endif

namespace RealtimeInsight.Host.Telemetry;

/// <summary>
/// Serves <c>/metrics</c> over <see cref="HostMeter.Exported"/>: by the OpenTelemetry exporter where the build has it, by
/// <see cref="MetricStore"/> where not. Both use the same names.
/// </summary>
internal static class TelemetrySetup
{
    public static void AddPrometheus(this IServiceCollection services)
    {
#if PROMETHEUS_EXPORTER
        services.AddSingleton(provider => OpenTelemetry.Sdk.CreateMeterProviderBuilder()
            .AddMeter([.. HostMeter.Exported])
            .AddPrometheusExporter()
            .Build()!);
#else
        services.AddSingleton(provider => new MetricStore(HostMeter.Exported, provider.GetRequiredService<IMeterFactory>()));
#endif
    }

    public static void MapPrometheus(this WebApplication app)
    {
        // Made now, where it is there: nothing else asks for it.
        app.Services.GetService<OpenTelemetry.Trace.TracerProvider>();
#if PROMETHEUS_EXPORTER
        app.UseOpenTelemetryPrometheusScrapingEndpoint(app.Services.GetRequiredService<MeterProvider>(), null, "/metrics", null, null);
#else
        // Listening starts before the first request, so that nothing is missed.
        var store = app.Services.GetRequiredService<MetricStore>();
        app.MapGet("/metrics", (HttpContext context) =>
            {
                context.Response.ContentType = PrometheusText.ContentType;
                return context.Response.WriteAsync(store.Render(), context.RequestAborted);
            })
            .ExcludeFromDescription();
#endif
    }
}
