using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>Names, types and shapes of the two graphs, and the check of a loaded session against them.</summary>
internal static class GraphContract
{
    public const string Tokens = "tokens";
    public const string Ids = "ids";
    public const string Length = "length";
    public const string Profile = "profile";
    public const string StateIn = "state_in";
    public const string StateOut = "state_out";
    public const string ItemQuery = "item_query";

    /// <summary>A dimension that the graph must leave open.</summary>
    private const int Open = -1;

    private static readonly TensorShape[] s_outputs =
    [
        new(StateOut, TensorElementType.Float, [Open, ModelContract.StateWidth]),
        new(ModelHeads.Churn, TensorElementType.Float, [Open, 1]),
        new(ModelHeads.Abandonment, TensorElementType.Float, [Open, 1]),
        new(ModelHeads.Purchase, TensorElementType.Float, [Open, 1]),
        new(ItemQuery, TensorElementType.Float, [Open, ModelContract.ItemQueryWidth]),
    ];

    private static readonly TensorShape[] s_stepInputs =
    [
        new(Tokens, TensorElementType.Float, [Open, 1, ModelContract.TokenFeatures]),
        new(Ids, TensorElementType.Int64, [Open, 1, ModelContract.TokenIds]),
        new(Profile, TensorElementType.Float, [Open, ModelContract.ProfileFeatures]),
        new(StateIn, TensorElementType.Float, [Open, ModelContract.StateWidth]),
    ];

    private static readonly TensorShape[] s_foldInputs =
    [
        new(Tokens, TensorElementType.Float, [Open, Open, ModelContract.TokenFeatures]),
        new(Ids, TensorElementType.Int64, [Open, Open, ModelContract.TokenIds]),
        new(Length, TensorElementType.Int64, [Open]),
        new(Profile, TensorElementType.Float, [Open, ModelContract.ProfileFeatures]),
        new(StateIn, TensorElementType.Float, [Open, ModelContract.StateWidth]),
    ];

    /// <exception cref="ModelRefusedException">A name, type or shape is not the contract's.</exception>
    public static void CheckStep(InferenceSession session, string place) => Check(session, place, s_stepInputs);

    /// <inheritdoc cref="CheckStep"/>
    public static void CheckFold(InferenceSession session, string place) => Check(session, place, s_foldInputs);

    private static void Check(InferenceSession session, string place, TensorShape[] inputs)
    {
        CheckSide(session.InputMetadata, place, "inputs", inputs);
        CheckSide(session.OutputMetadata, place, "outputs", s_outputs);
    }

    private static void CheckSide(IReadOnlyDictionary<string, NodeMetadata> found, string place, string side, TensorShape[] expected)
    {
        if (found.Count != expected.Length || !expected.All(tensor => found.ContainsKey(tensor.Name)))
        {
            throw Refused(place, $"has the {side} {string.Join(", ", found.Keys)}; they have to be "
                + string.Join(", ", expected.Select(tensor => tensor.Name)));
        }

        foreach (var tensor in expected)
        {
            var node = found[tensor.Name];
            if (!node.IsTensor || node.ElementDataType != tensor.Type || !Fits(node.Dimensions, tensor.Dimensions))
            {
                var type = node.IsTensor ? node.ElementDataType.ToString() : node.OnnxValueType.ToString();
                throw Refused(place, $"has {tensor.Name} as {type} {Text(node.IsTensor ? node.Dimensions : [])}; it has to be "
                    + $"{tensor.Type} {Text(tensor.Dimensions)}, where -1 is left open");
            }
        }
    }

    /// <summary>A graph may leave a fixed dimension open (the run settles it), but must not fix an open one.</summary>
    private static bool Fits(int[] found, int[] expected) =>
        found.Length == expected.Length && found.Zip(expected).All(pair => pair.First == pair.Second || pair.First == Open);

    private static string Text(int[] dimensions) =>
        $"[{string.Join(", ", dimensions.Select(dimension => dimension.ToString(CultureInfo.InvariantCulture)))}]";

    private static ModelRefusedException Refused(string place, string problem) =>
        new(ModelRefusal.Graph, $"{place} {problem}. Export it with the trainer of this version.");

    private sealed record TensorShape(string Name, TensorElementType Type, int[] Dimensions);
}
