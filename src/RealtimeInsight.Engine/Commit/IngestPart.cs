using System.Buffers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Commit;

/// <summary>Events of one batch for one shard, at most one turn's worth, in event-time order.</summary>
internal sealed class IngestPart(IngestTicket ticket, int countMax)
{
    private readonly int[] _indexes = ArrayPool<int>.Shared.Rent(Math.Max(countMax, 1));
    private readonly ulong[] _hashes = ArrayPool<ulong>.Shared.Rent(Math.Max(countMax, 1));

    public IngestTicket Ticket { get; } = ticket;

    public int Count { get; private set; }

    /// <summary>Rejects of the batch, carried by one of its parts.</summary>
    public IReadOnlyList<RejectedItem> Rejects { get; init; } = [];

    /// <summary>True for the message that asks the shard to fire everything that is still to come, instead of events.</summary>
    public bool RunsToEnd { get; init; }

    public LateRule Late => Ticket.Batch.Late;

    public CustomerEvent EventAt(int position) => Ticket.Events[_indexes[position]];

    /// <summary>Stable hashes of the events' customers.</summary>
    public ReadOnlySpan<ulong> Hashes => _hashes.AsSpan(0, Count);

    /// <summary>Stable hash of the event's customer.</summary>
    public ulong HashAt(int position) => _hashes[position];

    public void Add(int index, ulong customerHash)
    {
        _indexes[Count] = index;
        _hashes[Count++] = customerHash;
    }

    public void SetOutcome(int position, EventOutcome outcome) => Ticket.Outcomes[_indexes[position]] = outcome;

    /// <summary>Called once, after the part's turn.</summary>
    public void Release()
    {
        ArrayPool<int>.Shared.Return(_indexes);
        ArrayPool<ulong>.Shared.Return(_hashes);
    }
}
