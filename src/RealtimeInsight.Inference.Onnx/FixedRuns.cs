using Microsoft.ML.OnnxRuntime;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// The fixed runs of one graph, one for each number of rows, made when first used and shared by all batches. Not thread-safe.
/// </summary>
internal sealed class FixedRuns : IDisposable
{
    private readonly Func<InferenceSession> _open;
    private readonly Accelerator _accelerator;
    private readonly int _cudaDevice;
    private readonly Dictionary<int, FixedRun> _byRows = [];

    /// <param name="session">One of the graph; it is not run.</param>
    /// <param name="open">Gives further sessions of the graph.</param>
    /// <exception cref="ModelRefusedException">Values cannot be copied into the accelerator's memory and back.</exception>
    public FixedRuns(InferenceSession session, Func<InferenceSession> open, Accelerator accelerator, int cudaDevice)
    {
        _open = open;
        _accelerator = accelerator;
        _cudaDevice = cudaDevice;
        try
        {
            // A session has its provider's copies to itself.
            if (accelerator == Accelerator.Cuda) CudaLibrary.Register();
            using var memory = new FixedMemory(session, accelerator, cudaDevice);
            RequireCopies(memory);
        }
        catch (Exception error) when (OnnxModelRunnerFactory.IsFromRuntime(error))
        {
            throw new ModelRefusedException(ModelRefusal.Accelerator,
                $"CudaGraphs=true is not usable: {error.Message} Values have to be copied to the device and back outside of a run, which "
                + "needs the CUDA library of ONNX Runtime 1.23 or newer. Install it, or set CudaGraphs=false.",
                error);
        }
    }

    public FixedRun For(BoundRun host, int rows)
    {
        if (!_byRows.TryGetValue(rows, out var run)) _byRows.Add(rows, run = new FixedRun(_open(), _accelerator, _cudaDevice, host));
        return run;
    }

    /// <summary>Lets go of the runs of other sizes, each of which holds memory of the device.</summary>
    public void KeepOnly(BatchSizes sizes)
    {
        foreach (var rows in _byRows.Keys.Except(sizes.Rows).ToArray())
        {
            _byRows.Remove(rows, out var run);
            run!.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var run in _byRows.Values) run.Dispose();
        _byRows.Clear();
    }

    /// <summary>So that a runtime that cannot copy is known when the model is loaded, by its reason.</summary>
    private static void RequireCopies(FixedMemory memory)
    {
        using var there = memory.There(1);
        using var here = memory.Here(1);
        here.GetTensorMutableRawData()[0] = 1;
        memory.Copy([here], [there]);
        memory.Copy([there], [here]);
    }
}
