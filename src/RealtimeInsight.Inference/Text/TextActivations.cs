namespace RealtimeInsight.Inference.Text;

/// <summary>From logits to probabilities.</summary>
internal static class TextActivations
{
    public static float[] Probabilities(ReadOnlySpan<float> logits, TextActivation activation)
    {
        var result = logits.ToArray();
        if (activation == TextActivation.Sigmoid)
        {
            foreach (ref var value in result.AsSpan()) value = 1 / (1 + MathF.Exp(-value));
            return result;
        }

        var (most, sum) = (result.Max(), 0f);
        foreach (ref var value in result.AsSpan()) sum += value = MathF.Exp(value - most);
        foreach (ref var value in result.AsSpan()) value /= sum;
        return result;
    }
}
