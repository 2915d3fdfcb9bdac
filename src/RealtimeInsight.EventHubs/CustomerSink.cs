using System.Collections.Concurrent;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs;

/// <summary>
/// Into the customers of a cluster, who save behind. Every call to a customer carries all events that are not known to be saved, the
/// earlier ones first: the customer knows them by their offsets, unless its process ended meanwhile, and then it needs them before the
/// newer ones. So no call leaves a gap, whoever else reads the partition.
/// </summary>
/// <param name="partition">Names the hub's partition to the customers; the same for every reader.</param>
public sealed class CustomerSink(ICustomerDoor door, IPoisonStore poison, string partition, TimeProvider time) : IPartitionSink
{
    /// <summary>Reject code of events that a customer refuses.</summary>
    public const string Refused = "refused";

    /// <summary>Reject code of events beyond the allowed lateness.</summary>
    public const string Late = "late";

    private const int CallsMax = 32;

    private readonly ConcurrentDictionary<CustomerId, List<PlacedEvent>> _unsaved = new();

    /// <summary>What customers did not take, until it is set aside.</summary>
    private readonly ConcurrentDictionary<long, PoisonEvent> _asides = new();

    /// <summary>Events that a stop of a customer's process would lose from memory; they are read again then.</summary>
    public int UnsavedEvents => _unsaved.Values.Sum(static events => events.Count);

    public async ValueTask IngestAsync(PartitionBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (var one in batch.Poison) _asides[one.Offset] = one;
        await ForEachAsync(
            batch.Events.GroupBy(static one => one.Event.Customer),
            (customer, stop) => TellAsync(customer.Key, [.. customer], batch, stop),
            cancellationToken).ConfigureAwait(false);
        await SetAsideAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask SaveAsync(CancellationToken cancellationToken)
    {
        await SetAsideAsync(cancellationToken).ConfigureAwait(false);
        await ForEachAsync(
            _unsaved,
            async (customer, stop) =>
            {
                if (!await CallAsync(customer.Key, customer.Value, mustBeSaved: true, static _ => { }, stop).ConfigureAwait(false))
                {
                    throw new EngineUnavailableException("a customer did not save although it was asked to");
                }

                _unsaved.TryRemove(customer.Key, out _);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells a customer of its new events, behind those that it may have lost.</summary>
    private async Task TellAsync(
        CustomerId customer, List<PlacedEvent> events, PartitionBatch batch, CancellationToken cancellationToken)
    {
        var before = _unsaved.GetValueOrDefault(customer) ?? [];
        // Offered again, after a failure that may have come behind the customer's turn.
        var known = before.Count == 0 ? -1 : before[^1].Offset;
        List<PlacedEvent> all = [.. before, .. events.Where(one => one.Offset > known)];
        try
        {
            _unsaved[customer] = all;
            var isSaved = await CallAsync(
                customer, all, mustBeSaved: false, late => Aside(late, Late, "the event is older than the allowed lateness", batch),
                cancellationToken).ConfigureAwait(false);
            if (isSaved) _unsaved.TryRemove(customer, out _);
        }
        catch (ArgumentException refusal)
        {
            // For good: offered again they would be refused again, and hold back every event behind them.
            if (before.Count > 0) _unsaved[customer] = before;
            else _unsaved.TryRemove(customer, out _);
            foreach (var one in events) Aside(one, Refused, refusal.Message, batch);
        }
    }

    /// <summary>
    /// True when the customer has saved all of them. Parts are saved one after the other, so that none can be missing before another.
    /// </summary>
    private async Task<bool> CallAsync(
        CustomerId customer, List<PlacedEvent> events, bool mustBeSaved, Action<PlacedEvent> onLate, CancellationToken cancellationToken)
    {
        var isSaved = true;
        for (var from = 0; from < events.Count; from += door.BatchEventsMax)
        {
            var part = events.GetRange(from, Math.Min(door.BatchEventsMax, events.Count - from));
            var isLast = from + part.Count == events.Count;
            var reply = await door.ObserveAsync(customer, partition, part, mustBeSaved || !isLast, cancellationToken).ConfigureAwait(false);
            if (!isLast && !reply.IsSaved) throw new EngineUnavailableException("a customer did not save although it was asked to");
            for (var i = 0; i < part.Count; i++)
            {
                if (reply.Outcomes[i] == EventOutcome.Late) onLate(part[i]);
            }

            isSaved = reply.IsSaved;
        }

        return isSaved;
    }

    private void Aside(PlacedEvent one, string code, string why, PartitionBatch batch) => _asides[one.Offset] = new PoisonEvent(
        one.Offset, new RejectedItem(Instant.From(time.GetUtcNow()), PartitionPump.Source, 0, code, why, batch.BodyOf(one)));

    private async Task SetAsideAsync(CancellationToken cancellationToken)
    {
        if (_asides.IsEmpty) return;
        var all = _asides.Values.OrderBy(static one => one.Offset).ToList();
        await UnavailableAsync(() => poison.KeepAsync(partition, all, cancellationToken), "poison events cannot be set aside")
            .ConfigureAwait(false);
        _asides.Clear();
    }

    private static Task ForEachAsync<T>(IEnumerable<T> all, Func<T, CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        var limits = new ParallelOptions { MaxDegreeOfParallelism = CallsMax, CancellationToken = cancellationToken };
        return UnavailableAsync(
            () => Parallel.ForEachAsync(all, limits, async (one, stop) => await call(one, stop).ConfigureAwait(false)),
            "customers cannot be reached or saved");
    }

    private static async Task UnavailableAsync(Func<Task> work, string what)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or EngineUnavailableException or OutOfMemoryException))
        {
            throw new EngineUnavailableException($"{what} now: {fault.GetType().Name}", fault);
        }
    }
}
