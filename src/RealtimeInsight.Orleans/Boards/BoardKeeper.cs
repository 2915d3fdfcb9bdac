using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Orleans.Actions;
using RealtimeInsight.Orleans.Notices;

namespace RealtimeInsight.Orleans.Boards;

/// <summary>
/// This silo's side of the board: tells it every second how the endpoints are, and goes by what it shows. Thread-safe.
/// </summary>
/// <param name="clock">What actions and deadlines take for now.</param>
/// <param name="time">Of the loop.</param>
internal sealed class BoardKeeper(
    IGrainFactory grains, ILocalSiloDetails silo, ActionChannels channels, NoticeFeed notices, TimeProvider clock, TimeProvider time,
    ILogger logger)
    : SiloLoop(time), IBoardWatcher
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DisabledEndpoint> _gone = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (string Epoch, long Version) _shown = ("", 0);
    private IBoardWatcher? _self;

    /// <summary>Settled when the board has been seen: before that nobody knows what may be sent.</summary>
    public Task Known => _known.Task;

    private IBoardGrain Board => grains.GetGrain<IBoardGrain>(0);

    public Task ShowAsync(BoardView view)
    {
        Apply(view);
        return Task.CompletedTask;
    }

    /// <summary>Asks for the board as it is now.</summary>
    public async Task LookAsync(CancellationToken cancellationToken) =>
        Apply(await Board.GetAsync().WaitAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>An endpoint wants nothing any more: this silo stops at once, the others when the board has told them.</summary>
    public async Task GoneAsync(SiloEndpoint endpoint)
    {
        var row = new DisabledEndpoint(endpoint.Name, Instant.From(clock.GetUtcNow()).UnixMs, DeliveryTexts.Gone);
        lock (_gate)
        {
            if (endpoint.Gate.Disabled is not null || !_gone.TryAdd(endpoint.Name, row)) return;
            endpoint.Gate.Disable(new EndpointRow(row.Name, new Instant(row.AtMs), row.Reason));
        }

        GrainLog.EndpointDisabled(logger, row.Name, row.Reason);
        await ReportAsync().ConfigureAwait(false);
    }

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await ReportAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Returns when the board has been told, or could not be.</summary>
    public async Task ReportAsync()
    {
        try
        {
            _self ??= grains.CreateObjectReference<IBoardWatcher>(this);
            DisabledEndpoint[] gone;
            lock (_gate) gone = [.. _gone.Values];
            var report = new SiloReport
            {
                Silo = silo.SiloAddress.ToParsableString(), Watcher = _self, Gone = gone,
                Endpoints = [.. channels.Endpoints.Select(one => one.Status(Instant.From(clock.GetUtcNow())))],
            };
            var view = await Board.ReportAsync(report).ConfigureAwait(false);
            lock (_gate)
            {
                foreach (var row in gone) _gone.Remove(row.Name);
            }

            Apply(view);
        }
        catch (Exception exception)
        {
            GrainLog.BoardUnreachable(logger, Period, exception);
        }
    }

    /// <summary>Views may come in any order; an older one of the same board is left out.</summary>
    private void Apply(BoardView view)
    {
        lock (_gate)
        {
            if (view.Epoch == _shown.Epoch && view.Version < _shown.Version) return;
            _shown = (view.Epoch, view.Version);
            notices.Readers = view.Readers;
            foreach (var endpoint in channels.Endpoints)
            {
                var row = Array.Find(view.Disabled, one => one.Name == endpoint.Name);
                if (row is not null) endpoint.Gate.Disable(new EndpointRow(row.Name, new Instant(row.AtMs), row.Reason));
                else if (endpoint.Gate.Disabled is not null && !_gone.ContainsKey(endpoint.Name)) endpoint.Gate.Enable();
            }
        }

        _known.TrySetResult();
    }
}
