namespace RealtimeInsight.Engine.Commit;

/// <summary>Wakes one waiting thread or task; a signal given before the wait is kept. Cheap to set when nobody waits.</summary>
internal sealed class WakeSignal
{
    private readonly object _gate = new();
    private TaskCompletionSource? _waiter;
    private bool _isSet;

    public void Set()
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            if (_isSet) return;
            waiter = _waiter;
            _waiter = null;
            _isSet = waiter is null;
            Monitor.Pulse(_gate);
        }

        waiter?.SetResult();
    }

    public void Wait()
    {
        lock (_gate)
        {
            while (!_isSet) Monitor.Wait(_gate);
            _isSet = false;
        }
    }

    public Task WaitAsync()
    {
        lock (_gate)
        {
            if (TryTake()) return Task.CompletedTask;
            _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task;
        }
    }

    /// <summary>Takes the signal instead of waiting for it; false when it is not set.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            var isSet = _isSet;
            _isSet = false;
            return isSet;
        }
    }
}
