namespace RealtimeInsight.Orleans.Deadlines;

/// <summary>What a slot stores.</summary>
[GenerateSerializer, Alias("ri.deadline-slot-state")]
internal sealed class DeadlineSlotState
{
    /// <summary>When to call, by customer.</summary>
    [Id(0)]
    public Dictionary<string, long> DueMs { get; set; } = [];
}

/// <summary>What a bucket stores.</summary>
[GenerateSerializer, Alias("ri.deadline-bucket-state")]
internal sealed class DeadlineBucketState
{
    /// <summary>Slots before this one are over and empty.</summary>
    [Id(0)]
    public long FirstSlot { get; set; }
}
