using RealtimeInsight.Engine.Work;

namespace RealtimeInsight.Simulation.World;

/// <summary>Holds the engine's work and steps it when asked: one thread, no waiting.</summary>
internal sealed class SteppedHost(TimeProvider time) : IWorkHost
{
    private readonly List<Worker> _workers = [];
    private readonly List<Worker> _ready = [];

    public int RecoveryThreadsMax => 1;

    /// <summary>Work that has not ended.</summary>
    public int Count => _workers.Count;

    public Task StartThread(IStepped work) => Add(work);

    public Task StartTask(IStepped work) => Add(work);

    public Task<T> Offload<T>(Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(work());
        }
        catch (Exception exception)
        {
            return Task.FromException<T>(exception);
        }
    }

    /// <summary>Work that could do a step now.</summary>
    public IReadOnlyList<Worker> Ready()
    {
        _ready.Clear();
        var now = time.GetTimestamp();
        foreach (var worker in _workers)
        {
            if (worker.IsWaiting && worker.Work.Signal.TryTake()) worker.IsWaiting = false;
            if (!worker.IsWaiting && worker.PausedUntil <= now) _ready.Add(worker);
        }

        return _ready;
    }

    /// <summary>How long until a paused work may go on; null when none is paused.</summary>
    public TimeSpan? NextIn()
    {
        long? next = null;
        foreach (var worker in _workers)
        {
            if (!worker.IsWaiting && (next is null || worker.PausedUntil < next)) next = worker.PausedUntil;
        }

        return next is { } at ? time.GetElapsedTime(time.GetTimestamp(), at) : null;
    }

    public StepOutcome Step(Worker worker)
    {
        var outcome = worker.Work.Step();
        worker.IsWaiting = outcome == StepOutcome.Wait;
        if (outcome != StepOutcome.End) return outcome;
        _workers.Remove(worker);
        worker.Ended.SetResult();
        return outcome;
    }

    /// <summary>Gives one of the works no step for a while; its name, or null when there is none.</summary>
    public string? Pause(int number, TimeSpan span)
    {
        if (_workers.Count == 0) return null;
        var worker = _workers[number % _workers.Count];
        worker.PausedUntil = time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency);
        return worker.Work.Name;
    }

    /// <summary>Lets paused work go on.</summary>
    public void Resume()
    {
        foreach (var worker in _workers) worker.PausedUntil = 0;
    }

    /// <summary>Forgets all work, as the death of a process does.</summary>
    public void Clear() => _workers.Clear();

    private Task Add(IStepped work)
    {
        var worker = new Worker(work);
        _workers.Add(worker);
        return worker.Ended.Task;
    }
}

/// <summary>One work of the engine, as the scheduler sees it.</summary>
internal sealed class Worker(IStepped work)
{
    public IStepped Work { get; } = work;

    /// <summary>What waits for it goes on at once, on the scheduler's thread.</summary>
    public TaskCompletionSource Ended { get; } = new();

    public bool IsWaiting { get; set; }

    public long PausedUntil { get; set; }
}
