using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// Tensors side by side in one piece of the accelerator's memory, whose addresses never change, and a piece of the host's memory like it:
/// all of them are copied at once.
/// </summary>
internal sealed class FixedTensors : IDisposable
{
    /// <summary>Of a tensor's first byte: what CUDA aligns its own allocations to.</summary>
    private const int Alignment = 256;

    private readonly FixedMemory _memory;
    private readonly OrtValue[] _there;
    private readonly OrtValue[] _here;
    private readonly List<OrtValue> _tensors = [];
    private readonly int[] _offsets;

    /// <param name="like">Whose types and shapes the tensors take, in host memory.</param>
    public unsafe FixedTensors(FixedMemory memory, IReadOnlyList<OrtValue> like)
    {
        _memory = memory;
        _offsets = new int[like.Count];
        var bytes = 0;
        for (var i = 0; i < like.Count; i++)
        {
            _offsets[i] = bytes;
            bytes += (like[i].GetTensorMutableRawData().Length + Alignment - 1) / Alignment * Alignment;
        }

        _there = [memory.There(bytes)];
        _here = [];
        try
        {
            _here = [memory.Here(bytes)];
            var start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_there[0].GetTensorMutableRawData()));
            for (var i = 0; i < like.Count; i++)
            {
                var tensor = like[i].GetTensorTypeAndShape();
                _tensors.Add(memory.TensorThere(
                    tensor.ElementDataType, tensor.Shape, start + _offsets[i], like[i].GetTensorMutableRawData().Length));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<OrtValue> Tensors => _tensors;

    /// <param name="host">Values like those that this was made for, which may lie elsewhere.</param>
    public void CopyFrom(IReadOnlyList<OrtValue> host)
    {
        var here = _here[0].GetTensorMutableRawData();
        for (var i = 0; i < _offsets.Length; i++) host[i].GetTensorMutableRawData().CopyTo(here[_offsets[i]..]);
        _memory.Copy(_here, _there);
    }

    /// <inheritdoc cref="CopyFrom"/>
    public void CopyTo(IReadOnlyList<OrtValue> host)
    {
        _memory.Copy(_there, _here);
        var here = _here[0].GetTensorMutableRawData();
        for (var i = 0; i < _offsets.Length; i++)
        {
            var values = host[i].GetTensorMutableRawData();
            here.Slice(_offsets[i], values.Length).CopyTo(values);
        }
    }

    public void Dispose()
    {
        _tensors.ForEach(tensor => tensor.Dispose());
        foreach (var block in _here.Concat(_there)) block.Dispose();
    }
}
