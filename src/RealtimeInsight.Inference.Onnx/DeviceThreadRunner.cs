using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>A runner all of whose runs, and whose end, are on the <see cref="DeviceThread"/>.</summary>
internal sealed class DeviceThreadRunner(IModelRunner runner) : IModelRunner
{
    public ModelManifest Manifest => runner.Manifest;

    public Accelerator Accelerator => runner.Accelerator;

    public void PadTo(BatchSizes sizes) => DeviceThread.Run(() => runner.PadTo(sizes));

    public void Step(ScoreBatch batch) => DeviceThread.Run(() => runner.Step(batch));

    public void Fold(FoldRequest request) => DeviceThread.Run(() => runner.Fold(request));

    public void Dispose() => DeviceThread.Run(runner.Dispose);
}
