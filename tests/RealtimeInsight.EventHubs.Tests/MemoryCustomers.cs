using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs.Tests;

/// <summary>
/// Customers who apply in memory and save behind, as grains do; by the seed processes end, saves happen or fail, and answers get lost.
/// </summary>
internal sealed class MemoryCustomers(int seed) : ICustomerDoor, IPoisonStore
{
    private readonly Random _random = new(seed);
    private readonly Lock _turns = new();
    private readonly Dictionary<CustomerId, Known> _saved = [];
    private readonly Dictionary<CustomerId, Known> _active = [];

    /// <summary>Events that a customer has applied, in its order, and how far it knows the partition.</summary>
    private sealed record Known(List<long> Applied, long Mark)
    {
        public Known Copy() => new([.. Applied], Mark);
    }

    public int BatchEventsMax => 5;

    /// <summary>Faults are over.</summary>
    public bool IsCalm { get; set; }

    public CustomerId? Refuses { get; set; }

    public CustomerId? IsLate { get; set; }

    public Dictionary<long, PoisonEvent> Kept { get; } = [];

    public int Ends { get; private set; }

    public IReadOnlyList<long> SavedOf(string customer) =>
        _saved.TryGetValue(CustomerId.FromUser(customer), out var known) ? known.Applied : [];

    public ValueTask<DoorReply> ObserveAsync(
        CustomerId customer, string partition, IReadOnlyList<PlacedEvent> events, bool mustBeSaved, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Assert.True(events.Count <= BatchEventsMax);
        if (customer == Refuses) throw new ArgumentException("the customer's events come from too many partitions");
        lock (_turns)
        {
            if (Happens(0.1))
            {
                // The process that held the customer ends: what it had not saved is gone.
                _active.Remove(customer);
                Ends++;
            }

            if (Happens(0.05)) throw new TimeoutException("the call got lost");
            var known = Active(customer);
            var outcomes = new List<EventOutcome>();
            foreach (var (_, offset) in events)
            {
                var outcome = offset <= known.Mark ? EventOutcome.Duplicate
                    : customer == IsLate ? EventOutcome.Late : EventOutcome.Accepted;
                if (outcome == EventOutcome.Accepted) known.Applied.Add(offset);
                known = known with { Mark = Math.Max(known.Mark, offset) };
                outcomes.Add(outcome);
            }

            _active[customer] = known;
            if (mustBeSaved && Happens(0.1)) throw new IOException("the storage does not answer");
            var isSaved = mustBeSaved || _random.Next(4) == 0;
            if (isSaved) _saved[customer] = known.Copy();
            if (Happens(0.05)) throw new TimeoutException("the answer got lost");
            return ValueTask.FromResult(new DoorReply(outcomes, isSaved));
        }
    }

    public Task KeepAsync(string partition, IReadOnlyList<PoisonEvent> events, CancellationToken cancellationToken)
    {
        lock (_turns)
        {
            if (Happens(0.2)) throw new IOException("the container does not answer");
            foreach (var one in events) Kept[one.Offset] = one;
        }

        return Task.CompletedTask;
    }

    private bool Happens(double probability) => !IsCalm && _random.NextDouble() < probability;

    private Known Active(CustomerId customer)
    {
        if (_active.TryGetValue(customer, out var known)) return known;
        return _active[customer] = _saved.TryGetValue(customer, out var saved) ? saved.Copy() : new Known([], -1);
    }
}
