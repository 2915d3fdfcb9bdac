namespace RealtimeInsight.Inference.Models;

/// <summary>The three files of a model version, as they lie in its folder.</summary>
/// <param name="Manifest"><c>model.json</c>.</param>
/// <param name="Step"><c>step.onnx</c>.</param>
/// <param name="Fold"><c>fold.onnx</c>.</param>
public sealed record ModelFiles(ReadOnlyMemory<byte> Manifest, ReadOnlyMemory<byte> Step, ReadOnlyMemory<byte> Fold);
