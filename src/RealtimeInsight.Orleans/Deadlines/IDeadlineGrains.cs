namespace RealtimeInsight.Orleans.Deadlines;

/// <summary>
/// The deadlines of one span of time and one share of the customers. The key is <see cref="DeadlineSlots.KeyOf"/>. Entries are promises
/// to call a customer not later than a moment; an early or needless call does no harm.
/// </summary>
[Alias("ri.deadline-slot")]
internal interface IDeadlineSlotGrain : IGrainWithStringKey
{
    /// <summary>Returns when the entry is stored; false when the slot is over and takes no more.</summary>
    [Alias("put")]
    Task<bool> PutAsync(string customer, long dueMs);

    /// <summary>Calls the customers that are due, and takes those off who have been called. True when the slot is over and empty.</summary>
    [Alias("run")]
    Task<bool> RunAsync();
}

/// <summary>Runs the slots of one share of the customers, from the oldest that is not empty to now. The key is its number.</summary>
[Alias("ri.deadline-bucket")]
internal interface IDeadlineBucketGrain : IGrainWithIntegerKey
{
    /// <summary>Every silo asks every second: whatever happened to the silo that it lived on, the bucket runs on another.</summary>
    [Alias("keep-running")]
    Task KeepRunningAsync();
}

/// <summary>What the index calls.</summary>
[Alias("ri.customer-wake")]
internal interface ICustomerWakeGrain : IGrainWithStringKey
{
    /// <summary>
    /// Does what is due and returns when it is saved, with a new entry in the index where one is needed: then the old one may go.
    /// </summary>
    [Alias("wake")]
    Task WakeAsync(long dueMs);
}
