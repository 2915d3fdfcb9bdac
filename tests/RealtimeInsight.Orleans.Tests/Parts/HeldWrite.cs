namespace RealtimeInsight.Orleans.Tests.Parts;

/// <summary>A write that waits, so that a test can act in the middle of it.</summary>
internal sealed class HeldWrite(string key)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Key => key;

    /// <summary>Settled when the write has come.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromMinutes(2));

    /// <summary>The write happens.</summary>
    public void LetGo() => _end.SetResult();

    /// <summary>The write does not happen, as when its silo dies.</summary>
    public void BreakOff() => _end.SetException(new IOException("the silo of this write is gone"));

    public Task WaitAsync()
    {
        _reached.SetResult();
        return _end.Task;
    }
}
