using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference;

/// <summary>One model version held for a while by one thread. Dispose to give it back, with what it holds beside it.</summary>
public interface IModelLease : IDisposable
{
    /// <summary>The model's identity, or null when none is usable.</summary>
    ModelIdentity? Model { get; }

    /// <summary>What the model says about itself; null where it has no manifest, or when none is usable.</summary>
    ModelManifest? Manifest => null;

    /// <summary>
    /// The challenger, which scores the customers of <see cref="ChallengerShare"/>; null when there is none that is usable.
    /// </summary>
    IModelLease? Challenger => null;

    /// <summary>Whose scores come from <see cref="Challenger"/>.</summary>
    CustomerShare ChallengerShare => default;

    /// <summary>A model whose scores are compared and never used; null when there is none that is usable.</summary>
    IModelLease? Shadow => null;

    /// <summary>Where scores of <see cref="Shadow"/> go, and whose; null without one.</summary>
    ShadowTally? ShadowTally => null;

    /// <summary>
    /// Runs the rows of <paramref name="batch"/> on the calling thread and calibrates the heads. All rows share the outcome.
    /// </summary>
    ScoreOutcome Step(ScoreBatch batch);

    /// <summary>Runs a whole sequence on the calling thread.</summary>
    ScoreOutcome Fold(FoldRequest request);
}
