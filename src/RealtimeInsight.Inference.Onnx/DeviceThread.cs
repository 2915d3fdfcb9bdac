using System.Runtime.ExceptionServices;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// The one thread of the process that touches a device. ONNX Runtime keeps a captured graph with the thread that captured it, and while one
/// is captured CUDA refuses allocations, frees and copies of every other thread, whichever model they are for. Started by its first work,
/// ends with the process. Thread-safe; callers wait for their turn, and nothing queues beside them.
/// </summary>
internal static class DeviceThread
{
    private static readonly Lock s_turn = new();
    private static readonly SemaphoreSlim s_asked = new(0);
    private static readonly SemaphoreSlim s_done = new(0);
    private static Thread? s_thread;
    private static Action? s_work;
    private static ExceptionDispatchInfo? s_failure;

    /// <summary>Runs the work there and throws what it throws. Not to be called from work that runs there.</summary>
    public static void Run(Action work)
    {
        lock (s_turn)
        {
            if (s_thread is null)
            {
                s_thread = new Thread(Work) { IsBackground = true, Name = "model-device" };
                s_thread.Start();
            }

            s_work = work;
            s_asked.Release();
            s_done.Wait();
            var failure = s_failure;
            (s_work, s_failure) = (null, null);
            failure?.Throw();
        }
    }

    private static void Work()
    {
        while (true)
        {
            s_asked.Wait();
            try
            {
                s_work!();
            }
            catch (Exception error)
            {
                // The caller gets it: the thread serves the next one.
                s_failure = ExceptionDispatchInfo.Capture(error);
            }

            s_done.Release();
        }
    }
}
