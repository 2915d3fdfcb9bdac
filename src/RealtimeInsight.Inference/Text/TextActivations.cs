namespace RealtimeInsight.Inference.Text;

/// <summary>From logits to probabilities.</summary>
internal static class TextActivations
{
    public static float[] Probabilities(ReadOnlySpan<float> logits, TextModelManifest manifest)
    {
        var result = logits.ToArray();
        var start = 0;
        foreach (var head in manifest.Groups)
        {
            Apply(result.AsSpan(start, head.Labels), head.Activation);
            start += head.Labels;
        }

        return result;
    }

    private static void Apply(Span<float> values, TextActivation activation)
    {
        if (activation == TextActivation.Sigmoid)
        {
            foreach (ref var value in values) value = 1 / (1 + MathF.Exp(-value));
            return;
        }

        var most = float.NegativeInfinity;
        foreach (var value in values) most = Math.Max(most, value);
        var sum = 0f;
        foreach (ref var value in values) sum += value = MathF.Exp(value - most);
        foreach (ref var value in values) value /= sum;
    }
}
