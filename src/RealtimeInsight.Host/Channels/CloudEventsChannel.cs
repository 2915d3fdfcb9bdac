using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Host.Channels;

/// <summary>Posts actions as CloudEvents 1.0 over HTTP, in structured, binary or batch mode. Thread-safe.</summary>
/// <param name="options">Valid by <see cref="ChannelOptions.Validate"/>, with a target.</param>
internal sealed class CloudEventsChannel(string name, IReadOnlyList<string> aliases, ChannelOptions options, TimeProvider time)
    : IBatchActionChannel, IDisposable
{
    private readonly HttpSender _sender = new(options, time);

    public string Name => name;

    public IReadOnlyList<string> Aliases => aliases;

    public int BatchMax => options.Mode == CloudEventMode.Batch ? options.BatchMax : 1;

    public ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return options.Mode == CloudEventMode.Batch
            ? SendAsync([message], cancellationToken)
            : _sender.SendAsync(RequestOf(message), cancellationToken);
    }

    public ValueTask<DeliveryResult> SendAsync(IReadOnlyList<ActionMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var request = _sender.RequestOf(CloudEventContent.Batch(messages), CloudEventContent.Batched, id: null);
        return _sender.SendAsync(request, cancellationToken);
    }

    public void Dispose() => _sender.Dispose();

    private HttpRequestMessage RequestOf(ActionMessage message)
    {
        if (options.Mode == CloudEventMode.Structured)
        {
            return _sender.RequestOf(message.Body, CloudEventContent.Structured, message.DecisionId);
        }

        var (data, mediaType, headers) = CloudEventContent.Binary(message);
        var request = _sender.RequestOf(data, mediaType, message.DecisionId);
        foreach (var (header, value) in headers) request.Headers.TryAddWithoutValidation(header, value);
        return request;
    }
}
