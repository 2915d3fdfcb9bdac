using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// One graph over fixed buffers and shapes, made once and run often. On the CPU the runtime reads and writes the buffers themselves
/// through an IO binding, and a run allocates nothing. For a device a binding would copy the inputs only when it is made, so there
/// each run hands them over.
/// </summary>
internal sealed class BoundRun : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions;
    private readonly OrtIoBinding? _binding;
    private readonly List<string> _inputNames = [];
    private readonly List<OrtValue> _inputs = [];
    private readonly List<string> _outputNames = [];
    private readonly List<OrtValue> _outputs = [];

    /// <param name="isBound">Bind the buffers themselves, which a device cannot read.</param>
    public BoundRun(InferenceSession session, RunOptions runOptions, bool isBound)
    {
        _session = session;
        _runOptions = runOptions;
        _binding = isBound ? session.CreateIoBinding() : null;
    }

    public IReadOnlyList<string> InputNames => _inputNames;

    public IReadOnlyList<OrtValue> Inputs => _inputs;

    public IReadOnlyList<string> OutputNames => _outputNames;

    public IReadOnlyList<OrtValue> Outputs => _outputs;

    /// <param name="pinned">On the pinned heap, and kept alive by the caller for as long as this object is used.</param>
    public BoundRun Input<T>(string name, T[] pinned, params long[] shape)
        where T : unmanaged
    {
        var value = ValueOver(pinned, shape);
        _inputNames.Add(name);
        _inputs.Add(value);
        _binding?.BindInput(name, value);
        return this;
    }

    /// <inheritdoc cref="Input"/>
    public BoundRun Output(string name, float[] pinned, params long[] shape)
    {
        var value = ValueOver(pinned, shape);
        _outputNames.Add(name);
        _outputs.Add(value);
        _binding?.BindOutput(name, value);
        return this;
    }

    public void Run()
    {
        if (_binding is not null)
        {
            _session.RunWithBinding(_runOptions, _binding);
        }
        else
        {
            _session.Run(_runOptions, _inputNames, _inputs, _outputNames, _outputs);
        }
    }

    public void Dispose()
    {
        _binding?.Dispose();
        _inputs.ForEach(value => value.Dispose());
        _outputs.ForEach(value => value.Dispose());
    }

    /// <summary>
    /// Over the array's address, not over the array: the runtime's own pin would never be taken off when a batch is collected without
    /// being disposed of.
    /// </summary>
    private static unsafe OrtValue ValueOver<T>(T[] pinned, long[] shape)
        where T : unmanaged
    {
        var type = typeof(T) == typeof(long) ? TensorElementType.Int64
            : typeof(T) == typeof(int) ? TensorElementType.Int32 : TensorElementType.Float;
        var address = (IntPtr)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, type, shape, address, (long)pinned.Length * Unsafe.SizeOf<T>());
    }
}
