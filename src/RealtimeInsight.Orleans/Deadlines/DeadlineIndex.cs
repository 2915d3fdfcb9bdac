using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Actors;

namespace RealtimeInsight.Orleans.Deadlines;

/// <summary>
/// A customer's promise that it will be called in time, also when it is not active or its silo is gone. Stored before the customer is, so
/// that no saved customer is without one; a later deadline leaves the earlier entry, which then calls for nothing.
/// </summary>
internal sealed class DeadlineIndex(CustomerCore core, IGrainFactory grains, CustomerId customer)
{
    /// <summary>An entry this close may be called for already by a silo whose clock is ahead.</summary>
    private static readonly TimeSpan s_clockSkew = TimeSpan.FromMinutes(1);

    /// <summary>When the customer will be called; <see cref="Instant.Never"/> without an entry.</summary>
    public Instant EntryAt { get; private set; } = Instant.Never;

    /// <summary>The entry that the saved customer knows of.</summary>
    public void Restore(long entryAtMs)
    {
        var at = new Instant(entryAtMs);
        EntryAt = at != Instant.None && at > core.Now + s_clockSkew ? at : Instant.Never;
    }

    /// <summary>The customer was called for what was due then.</summary>
    public void Called(Instant due)
    {
        if (EntryAt <= due) EntryAt = Instant.Never;
    }

    /// <summary>Sees to it that an entry at or before <paramref name="wakeAt"/> is stored.</summary>
    public async Task CoverAsync(Instant wakeAt)
    {
        if (wakeAt >= EntryAt) return;
        var slot = DeadlineSlots.SlotOf(Instant.Max(wakeAt, core.IndexNow));
        while (!await SlotGrain(slot).PutAsync(customer.Value, wakeAt.UnixMs))
        {
            slot = Math.Max(slot + 1, DeadlineSlots.SlotOf(core.IndexNow));
        }

        EntryAt = wakeAt;
    }

    private IDeadlineSlotGrain SlotGrain(long slot) => grains.GetGrain<IDeadlineSlotGrain>(
        DeadlineSlots.KeyOf(DeadlineSlots.BucketOf(customer.Value, core.Options.DeadlineBuckets), slot));
}
