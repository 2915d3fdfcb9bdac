using Microsoft.ML.OnnxRuntime;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// ONNX Runtime's CUDA library: in builds of the runtime for CUDA it is a part of it, beside others it is registered with them.
/// </summary>
internal static class CudaLibrary
{
    /// <summary>Of the provider: CUDA's number of the device.</summary>
    public const string DeviceOption = "device_id";

    private const string Provider = "CUDAExecutionProvider";

    /// <summary>The name that it has in the runtime once it is registered.</summary>
    private const string Registration = "RealtimeInsight.Cuda";

    private static readonly Lock s_gate = new();
    private static bool s_isRegistered;

    /// <summary>The runtime was built with it.</summary>
    public static bool IsBuiltIn => OrtEnv.Instance().GetAvailableProviders().Contains(Provider);

    /// <summary>Once a process; from then on the runtime knows the library's devices and copies to them outside of a session.</summary>
    /// <exception cref="OnnxRuntimeException">It is not beside ONNX Runtime, or what it needs is not on the machine.</exception>
    public static void Register()
    {
        lock (s_gate)
        {
            if (s_isRegistered) return;

            // A name without a folder is looked for beside ONNX Runtime itself.
            OrtEnv.Instance().RegisterExecutionProviderLibrary(
                Registration, OperatingSystem.IsWindows() ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so");
            s_isRegistered = true;
        }
    }

    /// <summary>The devices of the registered library, by CUDA's numbers in decimal.</summary>
    public static IReadOnlyList<(string Number, OrtEpDevice Device)> Devices()
    {
        Register();
        return
        [
            .. OrtEnv.Instance().GetEpDevices()
                .Where(static device => device.EpName == Provider)
                .Select(static device => (device.EpOptions.Entries.GetValueOrDefault(DeviceOption, "?"), device)),
        ];
    }
}
