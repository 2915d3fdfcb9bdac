using System.Collections.Concurrent;
using System.Threading.Channels;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Orleans.Tests.Parts;

/// <summary>Keeps what is sent; refuses the first attempts where it is told to.</summary>
internal sealed class RecordingChannel : IActionChannel
{
    private readonly ConcurrentQueue<ActionMessage> _messages = new();
    private readonly Channel<ActionMessage> _arrived = Channel.CreateUnbounded<ActionMessage>();
    private int _refusals;

    public string Name => "log";

    public IReadOnlyCollection<ActionMessage> Messages => _messages;

    /// <summary>To what is not refused.</summary>
    public Func<ActionMessage, DeliveryResult> Answer { get; set; } = static _ => DeliveryResult.Delivered;

    public void RefuseNext(int attempts) => Volatile.Write(ref _refusals, attempts);

    public ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken)
    {
        _messages.Enqueue(message);
        Assert.True(_arrived.Writer.TryWrite(message));
        return new ValueTask<DeliveryResult>(Interlocked.Decrement(ref _refusals) >= 0
            ? new DeliveryResult(DeliveryStatus.Retry, 503, "busy")
            : Answer(message));
    }

    /// <summary>Waits for one more attempt than were waited for before.</summary>
    public async Task WaitForOneAsync() => await _arrived.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
}
