using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Commit;

/// <summary>Commits changes that an operator made.</summary>
internal static class ControlCommit
{
    /// <summary>Returns when the rows are durable.</summary>
    /// <exception cref="EngineUnavailableException">They were not committed.</exception>
    public static Task RunAsync(CommitQueue queue, IEnumerable<ControlRow> rows)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var unit = new CommitUnit
        {
            Settled = isCommitted =>
            {
                if (isCommitted) done.TrySetResult();
                else done.TrySetException(new EngineUnavailableException("the change was not saved; make it again when the engine runs"));
            },
        };
        unit.Controls.AddRange(rows);
        queue.Enqueue(unit);
        return done.Task;
    }
}
