namespace RealtimeInsight.Inference.Text;

/// <summary>Loads a text model by what it is made of, and asks it about a single text.</summary>
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

    /// <summary>What the model says of one text, by label, whether or not it knows the language.</summary>
    public static float[] Probabilities(this ITextRunner runner, string text)
    {
        ArgumentNullException.ThrowIfNull(runner);
        var (manifest, encoder) = (runner.Package.Manifest, runner.Package.Encoder);
        var ids = new long[manifest.MaxLength];
        var (count, _) = encoder.Encode(text, ids);
        var buckets = new LengthBuckets(manifest.MaxLength, runner.TakesAnyLength);
        var length = buckets[buckets.Of(count)];
        var batch = new TextBatch(1, length, manifest.Labels.Count);
        batch.Begin(1, length, encoder.PaddingId);
        batch.Put(0, ids.AsSpan(0, count));
        runner.Run(batch);
        return TextActivations.Probabilities(batch.LogitsOf(0), manifest);
    }
}
