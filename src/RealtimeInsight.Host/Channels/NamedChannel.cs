using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Host.Channels;

/// <summary>The same way out under another name: <c>default</c> in a policy is the webhook where one is configured, else the log.</summary>
internal sealed class NamedChannel(string name, IActionChannel inner) : IActionChannel
{
    public string Name { get; } = name;

    public ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken) =>
        inner.SendAsync(message, cancellationToken);
}
