using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Commit;

/// <summary>States saved by one shard as one segment, and what the store need not keep any more.</summary>
internal sealed class SavedStates(long number, CustomerMachine machine)
{
    public long Number { get; } = number;

    public SegmentWriter States { get; } = new(machine);

    /// <summary>Segments in which none of this shard's states is the newest any more.</summary>
    public List<long> Released { get; } = [];

    /// <summary>The shard's oldest record that no saved state includes; <see cref="long.MaxValue"/> when there is none.</summary>
    public long FirstUnsaved { get; set; } = long.MaxValue;
}
