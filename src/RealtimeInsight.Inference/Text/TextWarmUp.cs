using System.Globalization;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;

namespace RealtimeInsight.Inference.Text;

/// <summary>
/// Runs a freshly loaded text model at every length that texts are padded to: the vocabulary's highest id has to have an embedding, the
/// longest text positions, and padding must not change a text's result.
/// </summary>
internal static class TextWarmUp
{
    /// <summary>Loose enough for a GPU's arithmetic, far below what an ignored attention mask does.</summary>
    private const float Tolerance = 2e-3f;

    /// <summary>Examples are told with few digits.</summary>
    private const float ExampleTolerance = 0.01f;

    /// <exception cref="ModelRefusedException">
    /// A run failed, gave values that are not finite, padding matters, or an example comes out otherwise.
    /// </exception>
    public static void Run(ITextRunner runner, ITextEncoder encoder, LengthBuckets buckets)
    {
        RunLengths(runner, encoder, buckets);
        foreach (var example in runner.Package.Manifest.Examples ?? [])
        {
            var found = runner.Probabilities(example.Text);
            if (found.Zip(example.Probabilities).All(static pair => Math.Abs(pair.First - pair.Second) <= ExampleTolerance)) continue;
            throw Refused($"{runner.Package.Id} gives the example \"{example.Text}\" the probabilities {Numbers(found)}; "
                + $"{TextModelPackage.ManifestFile} tells {Numbers(example.Probabilities)}. Check that lower_case, strip_accents and "
                + $"split_ideographs are those of its training, and {TextModelPackage.VocabularyFile} its vocabulary.");
        }
    }

    private static string Numbers(IEnumerable<float> values) =>
        string.Join(" / ", values.Select(static value => value.ToString("0.####", CultureInfo.InvariantCulture)));

    private static void RunLengths(ITextRunner runner, ITextEncoder encoder, LengthBuckets buckets)
    {
        var (package, highest) = (runner.Package, encoder.Probe.ToArray().Max());
        var batch = new TextBatch(2, package.Manifest.MaxLength, package.Manifest.Labels.Count);
        float[]? shortest = null;
        for (var bucket = 0; bucket < buckets.Count; bucket++)
        {
            var full = new long[buckets[bucket]];
            Array.Fill(full, highest);
            try
            {
                for (var rows = 1; rows <= 2; rows++)
                {
                    batch.Begin(rows, buckets[bucket], encoder.PaddingId);
                    batch.Put(0, encoder.Probe);
                    if (rows == 2) batch.Put(1, full);
                    runner.Run(batch);
                }
            }
            catch (Exception error) when (error is not ModelRefusedException)
            {
                // Whatever the runtime throws here, the verdict is the same: this version must not serve.
                throw Refused($"{package.Id} failed in warm-up with texts of {buckets[bucket]} word pieces and ids up to "
                    + $"{highest}: {error.Message} max_length must be within the encoder's positions, and "
                    + $"{TextModelPackage.VocabularyFile} the vocabulary that it was trained with.", error);
            }

            if (!ContractCheck.AreFinite(batch.Logits))
            {
                throw Refused($"{package.Id} gave values that are not finite for ordinary texts; every output has to be. Export it again.");
            }

            var found = batch.LogitsOf(0).ToArray();
            shortest ??= found;
            var difference = shortest.Zip(found).Max(static pair => Math.Abs(pair.First - pair.Second));
            if (difference > Tolerance * (1 + shortest.Max(Math.Abs)))
            {
                throw Refused($"{package.Id} gives a text other values when it is padded to {buckets[bucket]} word pieces (a difference of "
                    + $"{difference:g3}); padding has to be left out by attention_mask. Export it with the mask in use.");
            }
        }
    }

    private static ModelRefusedException Refused(string message, Exception? cause = null) =>
        new(ModelRefusal.WarmUp, $"Text model {message}", cause);
}
