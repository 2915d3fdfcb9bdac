using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Orleans.Risks;

/// <summary>
/// Gathers how this silo's customers stand and tells their shares every second, one call each. It remembers those with an open session or
/// cart, and tells a share that began anew all of its own. Thread-safe.
/// </summary>
/// <param name="clock">What customers take for now.</param>
/// <param name="time">Of the loop.</param>
internal sealed class RiskFeed(IGrainFactory grains, CustomerGrainOptions options, TimeProvider clock, TimeProvider time, ILogger logger)
    : SiloLoop(time)
{
    /// <summary>How long after its time a customer that did not speak again is still believed to be there.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _telling = new(1, 1);
    private readonly Dictionary<string, RiskNote> _live = new(StringComparer.Ordinal);
    private readonly string?[] _epochs = new string?[options.AtRiskShares];
    private Dictionary<string, RiskNote> _pending = new(StringComparer.Ordinal);
    private long _dropped;

    /// <summary>Which share lists a customer.</summary>
    public static long ShareOf(string customer, CustomerGrainOptions options) =>
        (long)(Domain.Text.StableHash.Of(customer) % (uint)options.AtRiskShares);

    /// <summary>False for a note whose customer should have said something else since: its silo died.</summary>
    public static bool IsBelieved(RiskNote note, Instant now) => note.UntilMs >= (now - s_grace).UnixMs;

    public void Note(RiskNote note)
    {
        lock (_gate)
        {
            if (!note.IsLive) _live.Remove(note.CustomerId);
            else if (_live.Count < options.AtRiskHeldMax || _live.ContainsKey(note.CustomerId)) _live[note.CustomerId] = note;
            if (_pending.Count < options.AtRiskHeldMax || _pending.ContainsKey(note.CustomerId)) _pending[note.CustomerId] = note;
            else _dropped++;
        }
    }

    /// <summary>Tells what was noted before the call; returns when the shares know.</summary>
    public async Task TellAsync()
    {
        await _telling.WaitAsync().ConfigureAwait(false);
        try
        {
            var (notes, dropped) = Take();
            if (dropped > 0) GrainLog.RisksDropped(logger, dropped, options.AtRiskHeldMax);
            var shares = notes.ToLookup(note => ShareOf(note.CustomerId, options));
            await Task.WhenAll(Enumerable.Range(0, options.AtRiskShares).Select(share => TellAsync(share, [.. shares[share]])))
                .ConfigureAwait(false);
        }
        finally
        {
            _telling.Release();
        }
    }

    protected override Task RunOnceAsync(CancellationToken cancellationToken) => TellAsync().WaitAsync(cancellationToken);

    /// <summary>Tells the rest.</summary>
    protected override Task FinishAsync(CancellationToken cancellationToken) => TellAsync().WaitAsync(cancellationToken);

    private (RiskNote[] Notes, long Dropped) Take()
    {
        lock (_gate)
        {
            var taken = (_pending.Values.ToArray(), _dropped);
            (_pending, _dropped) = (new Dictionary<string, RiskNote>(StringComparer.Ordinal), 0);
            return taken;
        }
    }

    private async Task TellAsync(int share, RiskNote[] notes)
    {
        try
        {
            var grain = grains.GetGrain<IRiskGrain>(share);
            var epoch = await grain.TellAsync(new RiskNotes { Notes = notes }).ConfigureAwait(false);
            var isNew = _epochs[share] is { } known && known != epoch;
            if (isNew) epoch = await grain.TellAsync(new RiskNotes { Notes = LiveOf(share) }).ConfigureAwait(false);
            _epochs[share] = epoch;
        }
        catch (Exception exception)
        {
            GrainLog.RisksNotTold(logger, Period, exception);
            lock (_gate)
            {
                // What was noted since is newer.
                foreach (var note in notes.Take(Math.Max(0, options.AtRiskHeldMax - _pending.Count)))
                {
                    _pending.TryAdd(note.CustomerId, note);
                }
            }
        }
    }

    private RiskNote[] LiveOf(int share)
    {
        var now = Instant.From(clock.GetUtcNow());
        lock (_gate)
        {
            // Customers who went on elsewhere did not say so here.
            foreach (var (customer, note) in _live)
            {
                if (!IsBelieved(note, now)) _live.Remove(customer);
            }

            return [.. _live.Values.Where(note => ShareOf(note.CustomerId, options) == share)];
        }
    }
}
