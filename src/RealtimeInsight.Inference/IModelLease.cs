namespace RealtimeInsight.Inference;

/// <summary>One model version held for a while by one thread. Dispose to give it back.</summary>
public interface IModelLease : IDisposable
{
    /// <summary>The model's identity, or null when none is usable.</summary>
    ModelIdentity? Model { get; }

    /// <summary>
    /// Runs the rows of <paramref name="batch"/> on the calling thread and calibrates the heads. All rows share the outcome.
    /// </summary>
    ScoreOutcome Step(ScoreBatch batch);

    /// <summary>Runs a whole sequence on the calling thread.</summary>
    ScoreOutcome Fold(FoldRequest request);
}
