namespace RealtimeInsight.Inference.Text;

/// <summary>A model of n-gram weights: a few look-ups a character, no runtime needed.</summary>
public sealed class NgramTextRunner : ITextRunner
{
    /// <summary>
    /// Of texts labelled by hand, 92 of 100 in which a phrase stands are about its topic, and 5 of 100 in which none does.
    /// </summary>
    private const float About = 2.44f;
    private const float NotAbout = -2.94f;

    private readonly NgramWeights _weights;

    /// <exception cref="ArgumentException">The package is that of an encoder.</exception>
    public NgramTextRunner(TextModelPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        _weights = package.Weights ?? throw new ArgumentException($"{package.Id} has no n-gram weights");
        Package = package;
    }

    public TextModelPackage Package { get; }

    public bool TakesAnyLength => true;

    public void Run(TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (ids, first) = (new int[batch.Length], 1 << _weights.Shape.Bits);
        for (var row = 0; row < batch.Rows; row++)
        {
            var logits = batch.Logits.AsSpan(row * batch.Labels, batch.Labels);
            logits[2..].Fill(NotAbout);
            var count = 0;
            for (var at = row * batch.Length; at < (row + 1) * batch.Length; at++)
            {
                if (batch.AttentionMask[at] == 0) continue;
                var id = (int)batch.InputIds[at];
                if (id < first) ids[count++] = id;
                else logits[2 + id - first] = About;
            }

            (logits[0], logits[1]) = (0, _weights.Score(ids.AsSpan(0, count)));
        }
    }

    public void Dispose()
    {
        // Nothing but memory is held.
    }
}
