using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// The accelerator's memory of a session, and the memory of the host that is copied from and to it: page-locked for a CUDA device, so that
/// it reads and writes there itself.
/// </summary>
internal sealed class FixedMemory : IDisposable
{
    private readonly Accelerator _accelerator;
    private readonly OrtMemoryInfo _there;
    private readonly OrtMemoryInfo _here;
    private readonly OrtAllocator _allocatorThere;
    private readonly OrtAllocator _allocatorHere;

    /// <exception cref="OnnxRuntimeException">The session has no such memory.</exception>
    public FixedMemory(InferenceSession session, Accelerator accelerator, int cudaDevice)
    {
        _accelerator = accelerator;
        (_there, _here) = accelerator == Accelerator.Cuda
            ? (Memory(OrtMemoryInfo.allocatorCUDA, cudaDevice, OrtMemType.Default),
                Memory(OrtMemoryInfo.allocatorCUDA_PINNED, cudaDevice, OrtMemType.CpuOutput))
            : (Memory(OrtMemoryInfo.allocatorCPU, 0, OrtMemType.Default), Memory(OrtMemoryInfo.allocatorCPU, 0, OrtMemType.Default));
        OrtAllocator? allocator = null;
        try
        {
            _allocatorThere = allocator = new OrtAllocator(session, _there);
            _allocatorHere = new OrtAllocator(session, _here);
        }
        catch
        {
            allocator?.Dispose();
            _there.Dispose();
            _here.Dispose();
            throw;
        }
    }

    public OrtValue There(long bytes) => OrtValue.CreateAllocatedTensorValue(_allocatorThere, TensorElementType.UInt8, [bytes]);

    public OrtValue Here(long bytes) => OrtValue.CreateAllocatedTensorValue(_allocatorHere, TensorElementType.UInt8, [bytes]);

    /// <param name="address">In <see cref="There"/>, which the caller keeps for as long as the tensor.</param>
    public OrtValue TensorThere(TensorElementType type, long[] shape, nint address, long bytes) =>
        OrtValue.CreateTensorValueWithData(_there, type, shape, address, bytes);

    /// <summary>From the host's memory to the accelerator's, or back; done when it returns.</summary>
    public void Copy(OrtValue[] from, OrtValue[] to)
    {
        if (_accelerator != Accelerator.Cpu)
        {
            // Without a stream the call waits for the copies; a run waits for its own stream.
            OrtEnv.Instance().CopyTensors(from, to, null);
            return;
        }

        // From one place of the host to another the runtime copies nothing.
        for (var i = 0; i < from.Length; i++) from[i].GetTensorMutableRawData().CopyTo(to[i].GetTensorMutableRawData());
    }

    public void Dispose()
    {
        _allocatorThere.Dispose();
        _allocatorHere.Dispose();
        _there.Dispose();
        _here.Dispose();
    }

    private static OrtMemoryInfo Memory(byte[] name, int device, OrtMemType type) =>
        new(name, OrtAllocatorType.DeviceAllocator, device, type);
}
