using System.Buffers;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Shards;

namespace RealtimeInsight.Engine.Commit;

/// <summary>Events of one batch for one shard, at most one turn's worth, in event-time order.</summary>
internal sealed class IngestPart(IngestTicket ticket, int countMax)
{
    private const int EventsAhead = 8;
    private const int EventLines = 10;
    private readonly int[] _indexes = ArrayPool<int>.Shared.Rent(Math.Max(countMax, 1));
    private readonly ulong[] _hashes = ArrayPool<ulong>.Shared.Rent(Math.Max(countMax, 1));
    private CustomerId[]? _forwardedTo;

    public IngestTicket Ticket { get; } = ticket;

    public int Count { get; private set; }

    /// <summary>Rejects of the batch, carried by one of its parts.</summary>
    public IReadOnlyList<RejectedItem> Rejects { get; init; } = [];

    /// <summary>Something to be done in a turn after the events before it, instead of events; null for events.</summary>
    public IShardCommand? Command { get; init; }

    /// <summary>True for the message that asks the shard to fire everything that is still to come, instead of events.</summary>
    public bool RunsToEnd { get; init; }

    public LateRule Late => Ticket.Batch.Late;

    /// <summary>An event; read in order, it was asked for a few events before (see <see cref="CacheLines"/>).</summary>
    public CustomerEvent EventAt(int position)
    {
        if (position + EventsAhead < Count) CacheLines.Ask(Ticket.Events[_indexes[position + EventsAhead]], EventLines);
        return Ticket.Events[_indexes[position]];
    }

    /// <summary>Stable hashes of the events' customers.</summary>
    public ReadOnlySpan<ulong> Hashes => _hashes.AsSpan(0, Count);

    /// <summary>Stable hash of the customer that the event counts for.</summary>
    public ulong HashAt(int position) => _hashes[position];

    /// <summary>True when the event counts for another customer than it was sent under.</summary>
    public bool IsForwarded(int position) => _forwardedTo is { } customers && !customers[position].IsEmpty;

    /// <summary>The customer that a forwarded event counts for.</summary>
    public CustomerId ForwardedTo(int position) => _forwardedTo![position];

    /// <summary>Adds an event that counts for another customer than it was sent under.</summary>
    public void Add(int index, ulong customerHash, CustomerId customer)
    {
        (_forwardedTo ??= new CustomerId[_indexes.Length])[Count] = customer;
        Add(index, customerHash);
    }

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
