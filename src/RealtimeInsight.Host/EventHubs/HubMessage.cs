namespace RealtimeInsight.Host.EventHubs;

/// <summary>One event as a producer sent it.</summary>
/// <param name="Body">What the producer put into it.</param>
/// <param name="MessageId">Of the broker properties: the event's id where the body has none. Null without one.</param>
internal readonly record struct HubMessage(ReadOnlyMemory<byte> Body, string? MessageId);
