namespace RealtimeInsight.Engine.Commit;

/// <summary>Wakes one waiting thread; a signal given before the wait is kept. Cheap to set when nobody waits.</summary>
internal sealed class WakeSignal
{
    private readonly object _gate = new();
    private bool _isSet;

    public void Set()
    {
        lock (_gate)
        {
            if (_isSet) return;
            _isSet = true;
            Monitor.Pulse(_gate);
        }
    }

    public void Wait()
    {
        lock (_gate)
        {
            while (!_isSet) Monitor.Wait(_gate);
            _isSet = false;
        }
    }
}
