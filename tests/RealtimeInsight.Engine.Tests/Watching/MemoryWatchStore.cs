using RealtimeInsight.Engine.Watching;

namespace RealtimeInsight.Engine.Tests.Watching;

/// <summary>Keeps the newest snapshot in memory.</summary>
internal sealed class MemoryWatchStore : IWatchStore
{
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public byte[]? Kept { get; private set; }

    public Task NextWrite() => (_written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public byte[]? Read() => Kept;

    public void Write(byte[] snapshot)
    {
        Kept = snapshot;
        _written.TrySetResult();
    }
}
