namespace RealtimeInsight.Inference;

/// <summary>The inference pool as the engine sees it. Thread-safe.</summary>
public interface IScorer
{
    /// <summary>
    /// The champion model, held for one batch of work: the version cannot change while the lease is open. Always returns, also
    /// when no model is loaded (<see cref="IModelLease.Model"/> is null then). Costs no allocation in the steady state.
    /// </summary>
    IModelLease Lease();

    /// <summary>Name of a model that serves or served, by its stamp; null where it is not known.</summary>
    string? NameOf(uint stamp) => null;

    /// <summary>
    /// Scores one row through the micro-batcher: queued, batched across callers, shed when the queue is full, timed out at
    /// <paramref name="timeout"/>. Never throws for operating errors: the reply says how it was settled.
    /// </summary>
    ValueTask<ScoreReply> ScoreAsync(ScoreRequest request, TimeSpan timeout, CancellationToken cancellationToken);
}
