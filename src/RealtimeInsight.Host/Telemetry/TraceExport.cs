using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace RealtimeInsight.Host.Telemetry;

/// <summary>Sends traces over OTLP where the environment says to where, as OpenTelemetry names it; nowhere by default.</summary>
internal static class TraceExport
{
    private static readonly string[] s_addresses = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    /// <summary>Requests, calls between silos, and deliveries.</summary>
    private static readonly string[] s_sources = ["Microsoft.AspNetCore", "Microsoft.Orleans.Application", "RealtimeInsight.*"];

    /// <summary>Tags that could name a customer: grain ids, paths, and what exceptions say.</summary>
    private static readonly string[] s_private =
    [
        "orleans.rpc.target_id", "orleans.rpc.source_id", "rpc.orleans.target_id", "rpc.orleans.source_id", "orleans.grain.id", "url.path",
        "url.query", "url.full", "http.target", "exception.message", "exception.stacktrace",
    ];

    public static void AddTraceExport(this IServiceCollection services)
    {
        if (!s_addresses.Any(static name => Environment.GetEnvironmentVariable(name) is { Length: > 0 })) return;
        services.AddSingleton(static _ => Sdk.CreateTracerProviderBuilder()
            .AddSource(s_sources)
            .AddProcessor(new PrivateTags())
            .AddOtlpExporter()
            .Build());
    }

    /// <summary>Takes private tags off before a span is exported.</summary>
    internal sealed class PrivateTags : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            foreach (var tag in s_private) data.SetTag(tag, null);
        }
    }
}
