using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Cli.Bench;

/// <summary>Fills an engine with customers and drives measured runs of events that were made before.</summary>
internal sealed class EngineRun(BenchEngine bench, ShopEvents shop, int batchEvents, int inFlight, TimeProvider time)
{
    private Instant _clock = Instant.From(time.GetUtcNow());

    /// <summary>Gives each customer so many events, a second from one to the next; a day after every session of so many.</summary>
    public async Task FillAsync(
        int eventsPerCustomer, int sessionEvents, Action<string> progress, CancellationToken cancellationToken)
    {
        for (var round = 0; round < eventsPerCustomer; round++)
        {
            if (round % Math.Max(1, eventsPerCustomer / 10) == 0)
            {
                progress($"filling: event {round + 1} of {eventsPerCustomer} of {BenchContext.Short(shop.Customers)} customers");
            }

            await bench.SendAsync(Round(), inFlight, cancellationToken).ConfigureAwait(false);
            _clock += (round + 1) % sessionEvents == 0 ? TimeSpan.FromDays(1) : TimeSpan.FromSeconds(1);
        }
    }

    /// <summary>
    /// With event time: lets hours pass until every session has ended, but for the few customers whose events make time pass.
    /// </summary>
    public async Task RestAsync(CancellationToken cancellationToken)
    {
        var few = Math.Min(shop.Customers, 64);
        do
        {
            _clock += TimeSpan.FromHours(3);
            await bench.SendAsync([new IngestBatch(shop.OfEach(0, few, _clock), [])], inFlight, cancellationToken).ConfigureAwait(false);
        }
        while (bench.Engine.GetStatus().SessionsOpen > few);
    }

    /// <summary>Makes events, then measures from the first send to the last acknowledgement.</summary>
    public async Task<EngineRate> MeasureAsync(int events, CancellationToken cancellationToken)
    {
        var batches = Make(events);
        BenchMemory.Settle();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var collections = GC.CollectionCount(0);
        var decisions = bench.Engine.GetStatus().DecisionsMade;
        var paused = GC.GetTotalPauseDuration();
        var cpu = Environment.CpuUsage.TotalTime;
        var started = time.GetTimestamp();
        await bench.SendAsync(batches, inFlight, cancellationToken).ConfigureAwait(false);
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        return new EngineRate(
            events / seconds,
            (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / events,
            (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)events,
            GC.CollectionCount(0) - collections,
            (GC.GetTotalPauseDuration() - paused).TotalSeconds / seconds,
            bench.Engine.GetStatus().DecisionsMade - decisions);
    }

    /// <summary>Drawn events that follow those made before, in batches.</summary>
    public List<IngestBatch> Make(int events)
    {
        var batches = new List<IngestBatch>((events / batchEvents) + 1);
        for (var first = 0; first < events; first += batchEvents)
        {
            CustomerEvent[] made = shop.Drawn(Math.Min(batchEvents, events - first), _clock, first);
            batches.Add(new IngestBatch(made, []));
        }

        _clock += shop.Length(events) + TimeSpan.FromMilliseconds(1);
        return batches;
    }

    private IEnumerable<IngestBatch> Round()
    {
        for (var first = 0; first < shop.Customers; first += batchEvents)
        {
            yield return new IngestBatch(shop.OfEach(first, Math.Min(batchEvents, shop.Customers - first), _clock), []);
        }
    }
}

/// <param name="CpuMicroseconds">Processor time of the whole process for one event, the sender's included.</param>
/// <param name="AllocatedBytes">Managed bytes of the whole process for one event.</param>
/// <param name="Collections">Garbage collections during the run.</param>
/// <param name="PausedShare">Share of the run's time for which they held all threads.</param>
/// <param name="Decisions">Decisions made during the run.</param>
internal readonly record struct EngineRate(
    double EventsPerSecond, double CpuMicroseconds, double AllocatedBytes, int Collections, double PausedShare, long Decisions);
