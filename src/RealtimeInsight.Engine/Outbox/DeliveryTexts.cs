using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>What attempts, endpoints and dead letters say, whoever keeps them.</summary>
public static class DeliveryTexts
{
    /// <summary>Why an endpoint is disabled that wants nothing any more.</summary>
    public const string Gone = "the receiver answered 410 Gone";

    /// <summary>Why an endpoint is disabled that nothing is wrong with.</summary>
    public const string ByHand = "disabled by an operator";

    /// <summary>Result of an attempt that was not made: the endpoint is disabled.</summary>
    public const string Skipped = "skipped";

    private const int DetailLengthMax = 500;

    /// <summary>Result of an attempt that was made.</summary>
    public static string ResultOf(DeliveryStatus status) => status switch
    {
        DeliveryStatus.Delivered => "delivered",
        DeliveryStatus.Retry => "retry",
        _ => "failed",
    };

    /// <summary>As much of what a channel said as is kept.</summary>
    public static string? Detail(string? detail) => detail is { Length: > DetailLengthMax } ? detail[..DetailLengthMax] : detail;

    /// <summary>Why an attempt was skipped, and what to do.</summary>
    public static string WhySkipped(EndpointRow disabled)
    {
        ArgumentNullException.ThrowIfNull(disabled);
        return $"the endpoint is disabled since {disabled.DisabledAt} ({disabled.Reason}); enable it, then redrive";
    }

    /// <summary>An action's body to be shown; null for one that cannot be read.</summary>
    public static JsonNode? BodyOf(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            // Bodies are JSON; one that is not is still worth its other members.
            return null;
        }
    }
}
