using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Host.Channels;

/// <summary>
/// Posts actions as CloudEvents with the headers of Standard Webhooks. One call is one attempt; the outbox repeats it. Thread-safe.
/// </summary>
/// <param name="options">Valid by <see cref="ChannelOptions.Validate"/>, with a target and a secret.</param>
internal sealed class WebhookChannel(string name, IReadOnlyList<string> aliases, ChannelOptions options, TimeProvider time)
    : IActionChannel, IDisposable
{
    public const string ChannelName = "webhook";

    private readonly HttpSender _sender = new(options, time);

    public string Name => name;

    public IReadOnlyList<string> Aliases => aliases;

    public ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var request = _sender.RequestOf(message.Body, CloudEventContent.Structured, message.DecisionId);
        return _sender.SendAsync(request, cancellationToken);
    }

    public void Dispose() => _sender.Dispose();
}
