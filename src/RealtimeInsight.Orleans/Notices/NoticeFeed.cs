using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Orleans.Notices;

/// <summary>
/// Gathers what happens to this silo's customers while somebody follows it, and tells the readers every second. Of more than the limit the
/// oldest are lost, counted. Thread-safe.
/// </summary>
internal sealed class NoticeFeed(CustomerGrainOptions options, GrainInstruments instruments, TimeProvider time) : SiloLoop(time)
{
    private readonly Lock _gate = new();
    private readonly Queue<NoticeReply> _pending = new();
    private INoticeReader[] _readers = [];

    /// <summary>Those whom the board names.</summary>
    public IReadOnlyList<INoticeReader> Readers
    {
        set => Volatile.Write(ref _readers, [.. value]);
    }

    /// <summary>False while making a notice would be work for nobody.</summary>
    public bool HasReaders => Volatile.Read(ref _readers).Length > 0;

    public void Publish(EngineNotice notice)
    {
        lock (_gate)
        {
            if (_pending.Count >= options.NoticeQueueMax)
            {
                _pending.Dequeue();
                instruments.NoticeDropped();
            }

            _pending.Enqueue(new NoticeReply(notice.At.UnixMs, notice.Type, notice.CustomerId, notice.Text));
        }
    }

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        NoticeReply[] notices;
        lock (_gate)
        {
            notices = [.. _pending];
            _pending.Clear();
        }

        if (notices.Length == 0) return;
        foreach (var reader in Volatile.Read(ref _readers)) await reader.TellAsync(notices).ConfigureAwait(false);
    }

    /// <summary>Tells the rest.</summary>
    protected override Task FinishAsync(CancellationToken cancellationToken) => RunOnceAsync(cancellationToken);
}
