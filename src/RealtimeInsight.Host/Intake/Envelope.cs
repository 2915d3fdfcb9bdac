namespace RealtimeInsight.Host.Intake;

/// <summary>What the items of one request share, beside their context.</summary>
/// <param name="ReceivedAt">When the request arrived.</param>
/// <param name="SentAt">The batch's own <c>sentAt</c>; an item's goes first.</param>
/// <param name="TraceParent">W3C trace context of the request.</param>
/// <param name="MessageId">Id of an event that brings none; null to make one of its content.</param>
internal readonly record struct Envelope(
    DateTimeOffset ReceivedAt, DateTimeOffset? SentAt, string? TraceParent, string? MessageId = null);
