using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// One graph at one size over tensors whose addresses never change, as a captured CUDA graph needs: a replay reads and writes the addresses
/// of its capture, whatever is handed to the run. Values are copied in before a run and out after it.
/// </summary>
internal sealed class FixedRun : IDisposable
{
    /// <summary>The run option that names the captured graph; the first run under a name captures it, later ones replay it.</summary>
    public const string GraphIdOption = "gpu_graph_id";

    private readonly InferenceSession _session;
    private readonly Accelerator _accelerator;
    private readonly RunOptions _runOptions = new();
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _inputs = [];
    private readonly List<OrtValue> _outputs = [];

    /// <param name="accelerator">What the session runs on.</param>
    /// <param name="allocator">Of the session, for the memory of the accelerator.</param>
    /// <param name="host">Whose names, types and shapes the tensors take.</param>
    /// <param name="graphId">0 or more, and another for each size of a session.</param>
    public FixedRun(InferenceSession session, Accelerator accelerator, OrtAllocator allocator, BoundRun host, int graphId)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(graphId);
        _session = session;
        _accelerator = accelerator;
        _binding = session.CreateIoBinding();
        GraphId = graphId;
        try
        {
            _runOptions.AddRunConfigEntry(GraphIdOption, graphId.ToString(CultureInfo.InvariantCulture));
            for (var i = 0; i < host.Inputs.Count; i++)
            {
                _inputs.Add(Like(host.Inputs[i], allocator));
                _binding.BindInput(host.InputNames[i], _inputs[i]);
            }

            for (var i = 0; i < host.Outputs.Count; i++)
            {
                _outputs.Add(Like(host.Outputs[i], allocator));
                _binding.BindOutput(host.OutputNames[i], _outputs[i]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int GraphId { get; }

    public IReadOnlyList<OrtValue> Inputs => _inputs;

    public IReadOnlyList<OrtValue> Outputs => _outputs;

    /// <param name="host">Has the names, types and shapes of the one that this was made for; its values may lie elsewhere.</param>
    public void Run(BoundRun host)
    {
        Copy(host.Inputs, _inputs, _accelerator);
        _session.RunWithBinding(_runOptions, _binding);
        Copy(_outputs, host.Outputs, _accelerator);
    }

    /// <summary>Between the host's memory and the accelerator's; done when it returns.</summary>
    public static void Copy(IReadOnlyList<OrtValue> from, IReadOnlyList<OrtValue> to, Accelerator accelerator)
    {
        if (accelerator != Accelerator.Cpu)
        {
            // Without a stream the call waits for the copies; a run waits for its own stream.
            OrtEnv.Instance().CopyTensors(from, to, null);
            return;
        }

        // From one place of the host to another the runtime copies nothing.
        for (var i = 0; i < from.Count; i++) from[i].GetTensorMutableRawData().CopyTo(to[i].GetTensorMutableRawData());
    }

    public void Dispose()
    {
        _binding.Dispose();
        _inputs.ForEach(value => value.Dispose());
        _outputs.ForEach(value => value.Dispose());
        _runOptions.Dispose();
    }

    private static OrtValue Like(OrtValue value, OrtAllocator allocator)
    {
        var tensor = value.GetTensorTypeAndShape();
        return OrtValue.CreateAllocatedTensorValue(allocator, tensor.ElementDataType, tensor.Shape);
    }
}
