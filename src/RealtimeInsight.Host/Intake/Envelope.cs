using System.Text.Json;

namespace RealtimeInsight.Host.Intake;

/// <summary>What the items of one request share.</summary>
/// <param name="ReceivedAt">When the request arrived.</param>
/// <param name="SentAt">The batch's own <c>sentAt</c>; an item's goes first.</param>
/// <param name="Context">The batch's own <c>context</c>, read where an item's lacks a field; undefined where absent.</param>
/// <param name="TraceParent">W3C trace context of the request.</param>
internal sealed record Envelope(DateTimeOffset ReceivedAt, DateTimeOffset? SentAt, JsonElement Context, string? TraceParent);
