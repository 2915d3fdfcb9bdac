using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Runners;

/// <summary>
/// One loaded model version on one runtime. <see cref="Step"/> and <see cref="Fold"/> may run on several threads at once, each with a
/// batch of its own; the owner disposes it when none runs.
/// </summary>
public interface IModelRunner : IDisposable
{
    ModelManifest Manifest { get; }

    /// <summary>What it runs on.</summary>
    Accelerator Accelerator { get; }

    /// <summary>
    /// From the next run on, steps are padded to these sizes. Called before the model serves; a runner that does not pad has nothing to do.
    /// </summary>
    void PadTo(BatchSizes sizes)
    {
    }

    /// <summary>
    /// Runs the batch's rows (1 or more) on the calling thread: writes <see cref="ScoreBatch.StateOut"/>,
    /// <see cref="ScoreBatch.ItemQuery"/> and raw logits into the heads. May overwrite rows that are not in use, inputs too. Throws
    /// what the runtime throws.
    /// </summary>
    void Step(ScoreBatch batch);

    /// <summary>
    /// Runs the request's events (1 or more) in order on the calling thread: writes <see cref="FoldRequest.StateOut"/> and raw logits
    /// into <see cref="FoldRequest.Scores"/>. Throws what the runtime throws.
    /// </summary>
    void Fold(FoldRequest request);
}
