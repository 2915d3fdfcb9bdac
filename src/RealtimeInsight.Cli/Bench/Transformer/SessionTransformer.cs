using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Cli.Bench.Transformer;

/// <summary>
/// A small transformer that reads the last 64 events of a session again at each event: 2 layers of width 64 with 2 heads, the size of the
/// recurrent step that it is compared with. Its weights are random, which changes nothing about its cost.
/// </summary>
internal sealed class SessionTransformer(OnnxFile file, Random random)
{
    public const int Tokens = 64;
    public const string Input = "tokens";
    public const string Output = "logits";
    public const int Heads = 3;
    private const int Width = 64;
    private const int Layers = 2;
    private const int AttentionHeads = 2;
    private const int Inner = 256;

    /// <summary>The model and how many weights it has.</summary>
    public static (byte[] Model, int Parameters) Make()
    {
        var file = new OnnxFile();
        new SessionTransformer(file, new Random(1)).Write();
        return (file.ToArray(), file.Parameters);
    }

    private void Write()
    {
        var x = file.Input(Input, -1, Tokens, ModelContract.TokenFeatures);
        x = file.Node("Add", Linear(x, ModelContract.TokenFeatures, Width), Drawn(1f, Tokens, Width));
        for (var layer = 0; layer < Layers; layer++)
        {
            x = Norm(file.Node("Add", x, Attention(x)));
            x = Norm(file.Node("Add", x, Linear(file.Node("Relu", Linear(x, Width, Inner)), Inner, Width)));
        }

        // The newest event is the last token.
        var newest = file.Node("Squeeze", file.Node("Gather", ("axis", 1L), x, file.Whole(Tokens - 1)), file.Whole(1));
        file.Name(Linear(newest, Width, Heads), Output);
        file.Output(Output, -1, Heads);
    }

    private string Attention(string x)
    {
        var parts = file.Split(Linear(x, Width, 3 * Width), axis: 2, 3, file.Whole(Width, Width, Width));
        var query = Split(parts[0], [0, 2, 1, 3]);
        var key = Split(parts[1], [0, 2, 3, 1]);
        var value = Split(parts[2], [0, 2, 1, 3]);
        var scale = file.Weights([1 / MathF.Sqrt(Width / AttentionHeads)], 1);
        var weights = file.Node("Softmax", ("axis", -1L), file.Node("Mul", file.Node("MatMul", query, key), scale));
        var mixed = file.Node("Transpose", ("perm", [0L, 2L, 1L, 3L]), file.Node("MatMul", weights, value));
        return Linear(file.Node("Reshape", mixed, file.Whole(0, 0, Width)), Width, Width);
    }

    private string Split(string x, long[] order) => file.Node(
        "Transpose", ("perm", order), file.Node("Reshape", x, file.Whole(0, 0, AttentionHeads, Width / AttentionHeads)));

    private string Linear(string x, int from, int to) =>
        file.Node("Add", file.Node("MatMul", x, Drawn(1 / MathF.Sqrt(from), from, to)), Drawn(0.1f, to));

    private string Norm(string x) => file.Node(
        "LayerNormalization", ("axis", -1L), x, file.Weights([.. Enumerable.Repeat(1f, Width)], Width),
        file.Weights(new float[Width], Width));

    private string Drawn(float scale, params int[] shape)
    {
        var values = new float[shape.Aggregate(1, static (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++) values[i] = ((random.NextSingle() * 2) - 1) * scale;
        return file.Weights(values, shape);
    }
}
