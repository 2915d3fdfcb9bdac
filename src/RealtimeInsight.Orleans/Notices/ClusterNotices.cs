using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Orleans.Boards;

namespace RealtimeInsight.Orleans.Notices;

/// <summary>The live notices of all silos. Thread-safe.</summary>
internal sealed class ClusterNotices(IGrainFactory grains, CustomerGrainOptions options, TimeProvider time)
{
    private const int FailuresMax = 5;
    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(2);

    private IGrainFactory Grains => grains;

    private CustomerGrainOptions Options => options;

    private TimeProvider Time => time;

    private IBoardGrain Board => grains.GetGrain<IBoardGrain>(0);

    /// <summary>Follows from the first step of the enumeration on.</summary>
    public async IAsyncEnumerable<EngineNotice> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var notice in reader.ReadAsync(cancellationToken).ConfigureAwait(false)) yield return notice;
    }

    /// <summary>Returns when the silos know of the reader.</summary>
    /// <exception cref="EngineUnavailableException">There are as many readers as allowed, or the cluster does not answer.</exception>
    public async Task<Reader> OpenAsync(CancellationToken cancellationToken)
    {
        var reader = new Reader(this);
        try
        {
            if (await reader.RenewAsync().WaitAsync(cancellationToken).ConfigureAwait(false)) return reader.Begin();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw new EngineUnavailableException("the cluster cannot be followed now; try again later", fault);
        }

        await reader.DisposeAsync().ConfigureAwait(false);
        throw new EngineUnavailableException(
            $"{options.NoticeReadersMax} readers follow the notices, no more are allowed; try again later");
    }

    /// <summary>One who follows, through a bounded queue that loses its oldest.</summary>
    internal sealed class Reader : INoticeReader, IAsyncDisposable
    {
        private readonly ClusterNotices _owner;
        private readonly Channel<EngineNotice> _queue;
        private readonly INoticeReader _reference;
        private readonly string _name;
        private readonly CancellationTokenSource _stop = new();
        private Task _renewing = Task.CompletedTask;

        public Reader(ClusterNotices owner)
        {
            _owner = owner;
            _queue = Channel.CreateBounded<EngineNotice>(new BoundedChannelOptions(owner.Options.NoticeQueueMax)
            {
                FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true,
            });
            _reference = owner.Grains.CreateObjectReference<INoticeReader>(this);
            _name = _reference.GetGrainId().ToString();
        }

        public Task TellAsync(NoticeReply[] notices)
        {
            foreach (var one in notices)
            {
                _queue.Writer.TryWrite(new EngineNotice(new Instant(one.AtMs), one.Type, one.CustomerId, one.Text));
            }

            return Task.CompletedTask;
        }

        /// <exception cref="EngineUnavailableException">The cluster did not answer several times in a row.</exception>
        public IAsyncEnumerable<EngineNotice> ReadAsync(CancellationToken cancellationToken) =>
            _queue.Reader.ReadAllAsync(cancellationToken);

        public Task<bool> RenewAsync() => _owner.Board.FollowAsync(_name, _reference);

        public Reader Begin()
        {
            _renewing = KeepAsync();
            return this;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await _owner.Board.LeaveAsync(_name).ConfigureAwait(false);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                // The board forgets readers who do not ask again.
            }

            _owner.Grains.DeleteObjectReference<INoticeReader>(_reference);
            _stop.Dispose();
        }

        /// <summary>Asks again and again to be told, until the reader leaves.</summary>
        private async Task KeepAsync()
        {
            using var ticks = new PeriodicTimer(s_renewal, _owner.Time);
            for (var failures = 0; failures < FailuresMax && await ticks.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false);)
            {
                try
                {
                    await RenewAsync().WaitAsync(_stop.Token).ConfigureAwait(false);
                    failures = 0;
                }
                catch (Exception exception) when (!_stop.IsCancellationRequested)
                {
                    if (++failures < FailuresMax) continue;
                    _queue.Writer.TryComplete(
                        new EngineUnavailableException("the cluster cannot be followed now; follow again", exception));
                }
            }
        }
    }
}
