namespace RealtimeInsight.Inference.Pool;

/// <summary>
/// Opens after a number of failures in a row and lets calls through again after a cool-down: the first of them that succeeds closes it,
/// a further failure opens it anew. Thread-safe.
/// </summary>
internal sealed class FailureBreaker(int failuresMax, TimeSpan coolDown, TimeProvider time)
{
    private int _failures;
    private long _openedAt;

    public bool IsOpen => Volatile.Read(ref _failures) >= failuresMax && time.GetElapsedTime(Volatile.Read(ref _openedAt)) < coolDown;

    public void Succeeded()
    {
        if (Volatile.Read(ref _failures) != 0)
        {
            Volatile.Write(ref _failures, 0);
        }
    }

    /// <summary>True when this failure opened it.</summary>
    public bool Failed()
    {
        // The time is written first: once the count says open, a reader finds when.
        var wasOpen = IsOpen;
        Volatile.Write(ref _openedAt, time.GetTimestamp());
        return Interlocked.Increment(ref _failures) >= failuresMax && !wasOpen;
    }
}
