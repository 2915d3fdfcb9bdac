namespace RealtimeInsight.Inference.Models;

/// <summary>A model version that must not serve. The message says what, which value, which rule and what to do.</summary>
public sealed class ModelRefusedException : Exception
{
    public ModelRefusedException(ModelRefusal reason, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
    }

    public ModelRefusal Reason { get; }
}

/// <summary>Why a model version was refused.</summary>
public enum ModelRefusal : byte
{
    /// <summary>No version, or a file of it, is where the repository expects it.</summary>
    Missing,

    /// <summary><c>model.json</c> is not readable, lacks a key or holds a value outside its range.</summary>
    Manifest,

    /// <summary>Made for another version of the graphs' names and shapes.</summary>
    ContractVersion,

    /// <summary>Trained on other feature definitions than the code computes.</summary>
    FeatureSchema,

    /// <summary>The graphs are not the ones that the manifest was written for.</summary>
    Digest,

    /// <summary>The runtime cannot read a graph, or its inputs and outputs are not those of the contract.</summary>
    Graph,

    /// <summary>The graphs load, but do not run as promised.</summary>
    WarmUp,

    /// <summary>The configured accelerator is not usable.</summary>
    Accelerator,

    /// <summary>Its runs take longer than the settings allow.</summary>
    Slow,

    /// <summary>The vocabulary of a text model is not readable, or is not its graph's.</summary>
    Vocabulary,
}
