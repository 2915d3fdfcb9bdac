using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
#if !PROMETHEUS_EXPORTER
using Microsoft.AspNetCore.Http;
#endif
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
#if PROMETHEUS_EXPORTER
using OpenTelemetry.Metrics;
#endif

namespace RealtimeInsight.Host.Telemetry;

/// <summary>
/// Serves <c>/metrics</c> over <see cref="HostMeter.Exported"/>: by the OpenTelemetry exporter where the build has it, by
/// <see cref="MetricStore"/> where not. Both write the same names, labels and bounds.
/// </summary>
internal static class TelemetrySetup
{
    public static void AddPrometheus(this IServiceCollection services)
    {
#if PROMETHEUS_EXPORTER
        services.AddSingleton(static provider => Build(provider.GetRequiredService<IMeterFactory>()));
#else
        services.AddSingleton(provider => new MetricStore(HostMeter.Exported, provider.GetRequiredService<IMeterFactory>()));
#endif
    }

    public static void MapPrometheus(this WebApplication app)
    {
        // Made now, where it is there: nothing else asks for it.
        app.Services.GetService<OpenTelemetry.Trace.TracerProvider>();
        // Listening starts before the first request, so that nothing is missed.
#if PROMETHEUS_EXPORTER
        app.MapPrometheusScrapingEndpoint("/metrics", app.Services.GetRequiredService<MeterProvider>(), null, null)
            .ExcludeFromDescription();
#else
        var store = app.Services.GetRequiredService<MetricStore>();
        app.MapGet("/metrics", (HttpContext context) =>
            {
                context.Response.ContentType = PrometheusText.ContentType;
                return context.Response.WriteAsync(store.Render(), context.RequestAborted);
            })
            .ExcludeFromDescription();
#endif
    }

#if PROMETHEUS_EXPORTER
    private static MeterProvider Build(IMeterFactory scope) => OpenTelemetry.Sdk.CreateMeterProviderBuilder()
        .AddMeter([.. HostMeter.Exported])
        .AddView(instrument => ViewOf(instrument, scope))
        .AddPrometheusExporter(static exporter =>
        {
            // What is read is what is true now, whoever read before.
            exporter.ScrapeResponseCacheDurationMilliseconds = 0;
            // Labels on every series that say nothing about it.
            exporter.ScopeInfoEnabled = false;
            exporter.TargetInfoEnabled = false;
        })
        .Build()!;

    private static MetricStreamConfiguration? ViewOf(Instrument instrument, IMeterFactory scope)
    {
        // A meter that another host in this process made.
        if (MetricStore.IsForeign(instrument, scope)) return MetricStreamConfiguration.Drop;
        // The exporter's own bounds for these are those of milliseconds.
        if (MetricStore.SecondsOf(instrument) is { } seconds) return new ExplicitBucketHistogramConfiguration { Boundaries = seconds };
        // Its former name for a gauge of unit 1, which rules and dashboards ask for.
        return MetricStore.IsRatio(instrument) ? new MetricStreamConfiguration { Name = instrument.Name + PrometheusText.Ratio } : null;
    }
#endif
}
