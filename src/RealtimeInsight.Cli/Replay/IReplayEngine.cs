using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Cli.Replay;

/// <summary>An engine whose clock is event time.</summary>
public interface IReplayEngine : IAsyncDisposable
{
    ICustomerEngine Engine { get; }

    /// <summary>Actions decided since the start, by rule.</summary>
    IReadOnlyDictionary<string, long> ActionsByRule { get; }

    /// <summary>Decisions held back since the start, by reason.</summary>
    IReadOnlyDictionary<string, long> SuppressedByReason { get; }

    /// <summary>Takes a batch as an intake does, and returns when it is durable.</summary>
    ValueTask<IngestResult> IngestAsync(IngestBatch batch);

    /// <summary>Lets virtual time run on until no deadline is armed; ends when what they caused is committed and delivered.</summary>
    ValueTask RunToEndAsync(CancellationToken cancellationToken);
}
