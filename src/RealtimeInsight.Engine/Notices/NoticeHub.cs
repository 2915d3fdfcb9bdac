using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Notices;

/// <summary>Hands notices to live readers, each through a bounded queue that drops its oldest. Thread-safe.</summary>
internal sealed class NoticeHub(int queueMax, int readersMax)
{
    private readonly Lock _gate = new();
    private Channel<EngineNotice>[] _readers = [];
    private long _dropped;

    /// <summary>False while making a notice would be work for nobody.</summary>
    public bool HasReaders => Volatile.Read(ref _readers).Length > 0;

    /// <summary>Notices that slow readers lost.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public void Publish(EngineNotice notice)
    {
        foreach (var reader in Volatile.Read(ref _readers)) reader.Writer.TryWrite(notice);
    }

    /// <exception cref="EngineUnavailableException">There are as many readers as allowed.</exception>
    public IAsyncEnumerable<EngineNotice> SubscribeAsync(CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<EngineNotice>(
            new BoundedChannelOptions(queueMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
        lock (_gate)
        {
            if (_readers.Length >= readersMax)
            {
                throw new EngineUnavailableException(
                    $"{_readers.Length} readers follow the notices, {readersMax} are allowed; try again later");
            }

            Volatile.Write(ref _readers, [.. _readers, channel]);
        }

        return ReadAsync(channel, cancellationToken);
    }

    /// <summary>Ends all readers.</summary>
    public void Close()
    {
        foreach (var reader in Volatile.Read(ref _readers)) reader.Writer.TryComplete();
    }

    private async IAsyncEnumerable<EngineNotice> ReadAsync(
        Channel<EngineNotice> channel, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var notice in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return notice;
        }
        finally
        {
            lock (_gate) Volatile.Write(ref _readers, [.. _readers.Where(reader => reader != channel)]);
        }
    }
}
