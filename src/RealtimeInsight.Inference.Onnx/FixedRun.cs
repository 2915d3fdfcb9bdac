using Microsoft.ML.OnnxRuntime;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// A session at one size over tensors whose addresses never change, as a captured CUDA graph needs: a replay reads and writes the addresses
/// of its capture, whatever is handed to the run. Values are copied in before a run and out after it.
/// </summary>
/// <remarks>
/// One graph a session: nodes such as Split and Concat copy small tables to the device, a replay copies them again, and the memory that
/// they are copied from belongs to the session, whose next capture would write over it.
/// </remarks>
internal sealed class FixedRun : IDisposable
{
    private readonly InferenceSession _session;
    private readonly FixedMemory? _memory;
    private readonly RunOptions _runOptions = new();
    private readonly OrtIoBinding? _binding;
    private readonly FixedTensors? _inputs;
    private readonly FixedTensors? _outputs;

    /// <param name="session">Owned from now on, and run by nobody else.</param>
    /// <param name="host">Whose names, types and shapes the tensors take.</param>
    /// <exception cref="OnnxRuntimeException">The session is not on the accelerator.</exception>
    public FixedRun(InferenceSession session, Accelerator accelerator, int cudaDevice, BoundRun host)
    {
        _session = session;
        try
        {
            _memory = new FixedMemory(session, accelerator, cudaDevice);
            _binding = session.CreateIoBinding();
            _inputs = new FixedTensors(_memory, host.Inputs);
            _outputs = new FixedTensors(_memory, host.Outputs);
            for (var i = 0; i < Inputs.Count; i++) _binding.BindInput(host.InputNames[i], Inputs[i]);
            for (var i = 0; i < Outputs.Count; i++) _binding.BindOutput(host.OutputNames[i], Outputs[i]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<OrtValue> Inputs => _inputs!.Tensors;

    public IReadOnlyList<OrtValue> Outputs => _outputs!.Tensors;

    /// <param name="host">Has the names, types and shapes of the one that this was made for; its values may lie elsewhere.</param>
    public void Run(BoundRun host)
    {
        _inputs!.CopyFrom(host.Inputs);
        _session.RunWithBinding(_runOptions, _binding);
        _outputs!.CopyTo(host.Outputs);
    }

    public void Dispose()
    {
        _binding?.Dispose();
        _inputs?.Dispose();
        _outputs?.Dispose();
        _runOptions.Dispose();
        _memory?.Dispose();
        _session.Dispose();
    }
}
