namespace RealtimeInsight.Inference.Text;

/// <summary>Loads a text model by what it is made of.</summary>
public static class TextRunners
{
    /// <param name="encoders">Loads encoders; models on n-grams need no runtime.</param>
    /// <exception cref="Models.ModelRefusedException">The runtime cannot load it.</exception>
    public static ITextRunner Load(TextModelPackage package, ITextRunnerFactory encoders)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(encoders);
        return package.Weights is null ? encoders.Load(package) : new NgramTextRunner(package);
    }
}
