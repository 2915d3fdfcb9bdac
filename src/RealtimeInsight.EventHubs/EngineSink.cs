using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs;

/// <summary>Into an engine that acknowledges what is durable, and keeps poison as rejects in the same commit.</summary>
public sealed class EngineSink(ICustomerEngine engine) : IPartitionSink
{
    public async ValueTask IngestAsync(PartitionBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var items = new IngestBatch([.. batch.Events.Select(static one => one.Event)], [.. batch.Poison.Select(static one => one.Item)]);
        await engine.IngestAsync(items, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask SaveAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
