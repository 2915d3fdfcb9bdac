using System.Diagnostics;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Orleans.Actors;

namespace RealtimeInsight.Orleans;

/// <summary>Spans beside those of Orleans' calls. They name channels and outcomes, never a customer.</summary>
internal static class GrainTraces
{
    public const string SourceName = "RealtimeInsight.Orleans";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>An attempt to deliver an action, in the trace of the event that brought it; null where nobody listens.</summary>
    public static Activity? Deliver(StoredAction action)
    {
        ActivityContext.TryParse(action.TraceParent, null, isRemote: true, out var parent);
        var span = s_source.StartActivity($"deliver {action.Channel}", ActivityKind.Producer, parent);
        span?.SetTag("realtime_insight.channel", action.Channel).SetTag("realtime_insight.attempt", action.Attempts);
        return span;
    }

    public static void Ended(Activity? span, DeliveryResult result)
    {
        span?.SetTag("realtime_insight.outcome", result.Status.ToString());
        if (result.Status != DeliveryStatus.Delivered) span?.SetStatus(ActivityStatusCode.Error);
    }
}
