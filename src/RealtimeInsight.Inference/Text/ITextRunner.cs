using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Text;

/// <summary>
/// One loaded text model on one runtime. <see cref="Run"/> may run on several threads at once, each with a batch of its own; the owner
/// disposes it when none runs.
/// </summary>
public interface ITextRunner : IDisposable
{
    TextModelPackage Package { get; }

    /// <summary>
    /// True when the graph takes shorter texts than <see cref="TextModelManifest.MaxLength"/>; false: all are padded to it.
    /// </summary>
    bool TakesAnyLength { get; }

    /// <summary>Runs the batch on the calling thread and writes <see cref="TextBatch.Logits"/>. Throws what the runtime throws.</summary>
    void Run(TextBatch batch);
}

/// <summary>Loads text models into one runtime. Thread-safe.</summary>
public interface ITextRunnerFactory
{
    /// <summary>Loads a version; the caller owns the runner.</summary>
    /// <exception cref="ModelRefusedException">
    /// The runtime cannot load it, or its inputs and outputs are not those of an encoder.
    /// </exception>
    ITextRunner Load(TextModelPackage package);
}
