using System.Diagnostics;

namespace RealtimeInsight.EventHubs;

/// <summary>
/// Spans of reading a hub, named and tagged as OpenTelemetry's conventions for messaging say: one for each batch, with a link to the trace
/// of each producer in it. What an event brings goes on in its producer's own trace. They name hub and partition, never a customer.
/// </summary>
internal static class HubTraces
{
    public const string SourceName = HubInstruments.MeterName;

    /// <summary>Most links of a span, as many as exporters keep by default; the span tells how many events there were.</summary>
    public const int LinksMax = 128;

    private static readonly string[] s_contexts = ["traceparent", "Diagnostic-Id"];

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>The trace context that a producer put beside an event: Diagnostic-Id is the older name. Null without one.</summary>
    public static string? ContextOf(IDictionary<string, object> properties)
    {
        foreach (var name in s_contexts)
        {
            if (properties.TryGetValue(name, out var value) && value is string { Length: > 0 } context) return context;
        }

        return null;
    }

    /// <summary>The processing of a batch; null where nobody listens.</summary>
    public static Activity? Process(HubReaderOptions options, string partition, IReadOnlyList<HubEvent> received)
    {
        if (!s_source.HasListeners()) return null;
        List<KeyValuePair<string, object?>> tags =
        [
            new("messaging.system", "eventhubs"), new("messaging.operation.name", "process"), new("messaging.operation.type", "process"),
            new("messaging.destination.name", options.Hub), new("messaging.consumer.group.name", options.ConsumerGroup),
            new("messaging.destination.partition.id", partition), new("messaging.batch.message_count", received.Count),
        ];
        if (options.Namespace.Length > 0) tags.Add(new("server.address", options.Namespace));
        return s_source.StartActivity($"process {options.Hub}", ActivityKind.Consumer, default(ActivityContext), tags, Links(received));
    }

    public static void Failed(Activity? span, Exception fault) =>
        span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", fault.GetType().FullName);

    private static List<ActivityLink> Links(IReadOnlyList<HubEvent> received)
    {
        var contexts = new HashSet<ActivityContext>();
        foreach (var one in received)
        {
            if (contexts.Count < LinksMax && ActivityContext.TryParse(one.TraceParent, null, isRemote: true, out var context))
            {
                contexts.Add(context);
            }
        }

        return [.. contexts.Select(static context => new ActivityLink(context))];
    }
}
