namespace RealtimeInsight.Engine.Work;

/// <summary>Threads and thread pool of this process.</summary>
internal sealed class ThreadHost : IWorkHost
{
    public int RecoveryThreadsMax => Environment.ProcessorCount;

    public Task StartThread(IStepped work)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(work, ended)) { IsBackground = true, Name = work.Name }.Start();
        return ended.Task;
    }

    public Task StartTask(IStepped work) => Task.Run(() => RunAsync(work));

    public Task<T> Offload<T>(Func<T> work, CancellationToken cancellationToken) => Task.Run(work, cancellationToken);

    private static void Run(IStepped work, TaskCompletionSource ended)
    {
        for (var outcome = work.Step(); outcome != StepOutcome.End; outcome = work.Step())
        {
            if (outcome == StepOutcome.Wait) work.Signal.Wait();
        }

        ended.SetResult();
    }

    private static async Task RunAsync(IStepped work)
    {
        for (var outcome = work.Step(); outcome != StepOutcome.End; outcome = work.Step())
        {
            if (outcome == StepOutcome.Wait) await work.Signal.WaitAsync().ConfigureAwait(false);
        }
    }
}
