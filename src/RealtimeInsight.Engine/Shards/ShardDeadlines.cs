using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Timers;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// The deadlines of a shard's customers, in memory or not: one entry a customer on the wheel, and those taken off it to be fired.
/// </summary>
internal sealed class ShardDeadlines(CustomerTable customers, CustomerMachine machine)
{
    /// <summary>A clock that is kept right goes back by less than this: the wheel is left where it is then.</summary>
    private const long TurnBackMs = 1_000;

    private readonly List<int> _due = [];

    public TimingWheel Wheel { get; private set; } = new();

    /// <summary>Customers taken off the wheel whose deadlines have not been fired yet.</summary>
    public IReadOnlyList<int> Due => _due;

    /// <summary>Starts the wheel; before anything is armed.</summary>
    public void Begin(Instant now)
    {
        Wheel = new TimingWheel(Math.Max(0, now.UnixMs));
        Wheel.Reserve(customers.Count);
    }

    /// <summary>
    /// Holds the wheel's entry at or before the customer's next deadline: one that moved away is found out when it fires.
    /// </summary>
    public void Rearm(CustomerSlot slot)
    {
        var due = machine.NextDeadline(slot.State);
        if (due == Instant.Never) Wheel.Disarm(slot.Index);
        else if (due.UnixMs < Wheel.DueOf(slot.Index)) Wheel.Arm(slot.Index, due.UnixMs);
    }

    /// <summary>Puts the wheel's entry of a customer who leaves memory right: nobody looks at the state when it fires.</summary>
    public void Settle(int index) => Arm(index, machine.NextDeadline(customers.Peek(index)));

    public void Arm(int index, Instant due)
    {
        if (due == Instant.Never) Wheel.Disarm(index);
        else Wheel.Arm(index, due.UnixMs);
    }

    /// <summary>Takes up to so many customers off the wheel that are due; true when there are any.</summary>
    public bool Take(Instant upTo, int countMax)
    {
        if (Wheel.Now - upTo.UnixMs > TurnBackMs) Wheel.TurnBack(Math.Max(0, upTo.UnixMs));
        while (_due.Count < countMax && Wheel.TryPop(upTo.UnixMs, out var index, out _)) _due.Add(index);
        return _due.Count > 0;
    }

    /// <summary>Names the due customers for the next read.</summary>
    public void Want()
    {
        foreach (var index in _due) customers.Cold.Want(index);
    }

    /// <summary>Brings the due customers into memory; when the store cannot be read they stay due for the next turn.</summary>
    public bool TryWake()
    {
        try
        {
            Want();
            customers.Cold.ReadWanted();
            return true;
        }
        catch (StoreUnavailableException)
        {
            customers.Cold.Forget();
            return false;
        }
    }

    /// <summary>The due ones have been fired.</summary>
    public void Fired() => _due.Clear();
}
