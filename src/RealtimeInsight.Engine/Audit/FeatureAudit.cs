using Microsoft.Extensions.Logging;

namespace RealtimeInsight.Engine.Audit;

/// <summary>
/// Proves while the engine runs that live features are those that the log gives: now and then it takes the customer of the newest decision
/// and replays its history. At most one customer an interval, on a thread of the pool. Only histories that began in this run count: an
/// older one may have been folded with other settings.
/// </summary>
/// <param name="since">Where the log went on when this run began.</param>
/// <param name="interval">Between two customers.</param>
internal sealed class FeatureAudit(DecisionReplay replay, long since, TimeSpan interval, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private const long Nobody = -1;
    private ITimer? _timer;
    private long _candidate = Nobody;
    private int _isChecking;
    private long _compared;
    private long _mismatches;

    public long Compared => Volatile.Read(ref _compared);

    public long Mismatches => Volatile.Read(ref _mismatches);

    /// <summary>Null while everything compared was the same.</summary>
    public string? Problem => Mismatches is > 0 and var count
        ? $"the features of {count} of {Compared} decisions that were replayed differ from those that decided; live and replay have to "
          + "agree to the bit: keep the data folder and report it"
        : null;

    /// <summary>A customer has a decision; the newest one is checked next.</summary>
    /// <param name="newest">Offset of the customer's newest record.</param>
    public void Offer(long newest) => Volatile.Write(ref _candidate, newest);

    public void Start() => _timer = time.CreateTimer(static audit => ((FeatureAudit)audit!).Check(), this, interval, interval);

    public ValueTask DisposeAsync() => _timer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Check()
    {
        if (Interlocked.Exchange(ref _isChecking, 1) != 0) return;
        try
        {
            var newest = Interlocked.Exchange(ref _candidate, Nobody);
            if (newest == Nobody) return;
            var verdict = replay.Check(newest, since);
            Interlocked.Add(ref _compared, verdict.Compared);
            if (verdict.Mismatches == 0) return;
            Interlocked.Add(ref _mismatches, verdict.Mismatches);
            EngineLog.FeaturesDiffer(logger, verdict.Mismatches, newest);
        }
        catch (Exception exception)
        {
            // The edge of a timer: a log that cannot be read now is its store's problem, and the next decision is tried again.
            EngineLog.AuditFailed(logger, exception);
        }
        finally
        {
            Volatile.Write(ref _isChecking, 0);
        }
    }
}
