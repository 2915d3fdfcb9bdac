using Microsoft.Extensions.Logging;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>Log events about endpoints; ids 3060 to 3069.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(3060, LogLevel.Error,
        "Endpoint {Endpoint} is disabled: {Reason}; its actions become dead letters until it is enabled again")]
    public static partial void EndpointDisabled(ILogger logger, string endpoint, string reason);
}
