namespace RealtimeInsight.EventHubs;

/// <summary>Where poison events are set aside in a cluster. Thread-safe.</summary>
public interface IPoisonStore
{
    /// <summary>Returns when they are kept. One that is kept already, from the same place, takes its own place.</summary>
    Task KeepAsync(string partition, IReadOnlyList<PoisonEvent> events, CancellationToken cancellationToken);
}
