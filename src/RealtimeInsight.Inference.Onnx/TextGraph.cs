using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// Inputs and output of a BERT-style encoder with a classification head, by the names that exporters give them, checked when it is
/// loaded: <c>input_ids</c> and <c>attention_mask</c> (with or without <c>token_type_ids</c>), each int64 or int32 over an open batch
/// and a length that is open or the manifest's; one float output over batch and labels.
/// </summary>
internal sealed record TextGraph(IReadOnlyList<TextGraph.Input> Inputs, string Output, bool TakesAnyLength)
{
    public const string InputIds = "input_ids";
    public const string AttentionMask = "attention_mask";
    public const string TokenTypeIds = "token_type_ids";

    private const int Open = -1;

    /// <param name="IsLong">int64; else int32.</param>
    public sealed record Input(string Name, bool IsLong);

    /// <exception cref="ModelRefusedException">The graph is not an encoder's, or not the one of the manifest.</exception>
    public static TextGraph Of(InferenceSession session, TextModelPackage package)
    {
        var place = $"{package.Id}/{TextModelPackage.GraphFile}";
        var found = session.InputMetadata;
        if (!found.ContainsKey(InputIds) || !found.ContainsKey(AttentionMask) || found.Keys.Any(name => !IsKnown(name)))
        {
            throw Refused(place, $"has the inputs {string.Join(", ", found.Keys)}; they have to be {InputIds} and {AttentionMask}, with or "
                + $"without {TokenTypeIds}");
        }

        var takesAnyLength = true;
        foreach (var (name, node) in found)
        {
            var isInteger = node.IsTensor && node.ElementDataType is TensorElementType.Int64 or TensorElementType.Int32;
            if (!isInteger || node.Dimensions is not [Open, var length] || (length != Open && length != package.Manifest.MaxLength))
            {
                throw Refused(place, $"has {name} as {Text(node)}; it has to be Int64 or Int32 [-1, -1], where -1 is left open, or "
                    + $"[-1, {package.Manifest.MaxLength.ToString(CultureInfo.InvariantCulture)}], the manifest's max_length");
            }

            takesAnyLength &= length == Open;
        }

        Input[] inputs = [.. found.Select(static pair => new Input(pair.Key, pair.Value.ElementDataType == TensorElementType.Int64))];
        return new TextGraph(inputs, OutputOf(session.OutputMetadata, package, place), takesAnyLength);
    }

    private static string OutputOf(IReadOnlyDictionary<string, NodeMetadata> found, TextModelPackage package, string place)
    {
        var labels = package.Manifest.Labels.Count;
        var named = package.Manifest.Output;
        string[] fitting = [.. found.Where(pair => named is null || pair.Key == named)
            .Where(pair => pair.Value is { IsTensor: true, ElementDataType: TensorElementType.Float, Dimensions: [_, var width] }
                && (width == labels || width == Open))
            .Select(static pair => pair.Key)];
        if (fitting.Length == 1) return fitting[0];
        var wanted = $"Float [-1, {labels.ToString(CultureInfo.InvariantCulture)}], as the manifest has {labels} labels";
        var have = string.Join(", ", found.Select(static pair => $"{pair.Key} {Text(pair.Value)}"));
        throw Refused(place, named is null
            ? $"has the outputs {have}; exactly one of them has to be {wanted}, or \"output\" in {TextModelPackage.ManifestFile} names it"
            : $"has the outputs {have}; \"output\" in {TextModelPackage.ManifestFile} is {named}, which has to be one of them and "
                + wanted);
    }

    private static bool IsKnown(string name) => name is InputIds or AttentionMask or TokenTypeIds;

    private static string Text(NodeMetadata node) => !node.IsTensor
        ? node.OnnxValueType.ToString()
        : $"{node.ElementDataType} ["
            + $"{string.Join(", ", node.Dimensions.Select(static size => size.ToString(CultureInfo.InvariantCulture)))}]";

    private static ModelRefusedException Refused(string place, string problem) =>
        new(ModelRefusal.Graph, $"{place} {problem}. Export the encoder with its classification head.");
}
