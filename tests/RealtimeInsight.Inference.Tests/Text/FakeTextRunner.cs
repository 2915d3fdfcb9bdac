using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Inference.Tests.Text;

/// <summary>An encoder whose logit of the second label is the sum of a text's ids: what comes back tells what went in.</summary>
public sealed class FakeTextRunner(TextModelPackage package, bool takesAnyLength = true) : ITextRunner
{
    public TextModelPackage Package { get; } = package;

    public bool TakesAnyLength { get; } = takesAnyLength;

    /// <summary>Called with the rows and the length of each run, before it.</summary>
    public Action<int, int>? OnRun { get; set; }

    /// <summary>Reads padding as if it were text, as an encoder without its mask does.</summary>
    public bool IgnoresMask { get; set; }

    public int Disposals { get; private set; }

    public void Run(TextBatch batch)
    {
        OnRun?.Invoke(batch.Rows, batch.Length);
        for (var row = 0; row < batch.Rows; row++)
        {
            var sum = 0L;
            for (var at = row * batch.Length; at < (row + 1) * batch.Length; at++)
            {
                sum += IgnoresMask ? batch.InputIds[at] + 1 : batch.InputIds[at] * batch.AttentionMask[at];
            }

            batch.Logits[row * batch.Labels] = 0;
            batch.Logits[(row * batch.Labels) + 1] = sum / 1000f;
        }
    }

    public void Dispose() => Disposals++;
}
