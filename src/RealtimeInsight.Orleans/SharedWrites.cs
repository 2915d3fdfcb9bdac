namespace RealtimeInsight.Orleans;

/// <summary>
/// The writes of a reentrant grain: one at a time, and one covers every change that waits for it. Only for the turns of that grain.
/// </summary>
internal sealed class SharedWrites
{
    private long _changes;
    private long _saved;
    private Task? _writing;

    public void Changed() => _changes++;

    /// <summary>Returns when every change up to now is stored.</summary>
    /// <param name="write">Stores the grain as it is at that moment.</param>
    public async Task SaveAsync(Func<Task> write)
    {
        var changes = _changes;
        while (_saved < changes)
        {
            var writing = _writing ?? WriteAsync(write);

            // A storage may answer at once: what is over is not to be waited for again.
            if (!writing.IsCompleted) _writing = writing;
            await writing;
        }
    }

    private async Task WriteAsync(Func<Task> write)
    {
        var changes = _changes;
        try
        {
            await write();
            _saved = changes;
        }
        finally
        {
            _writing = null;
        }
    }
}
