using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>A customer's last decisions, oldest first; bounded: the oldest that was suppressed or is settled goes first.</summary>
public sealed class DecisionLedger
{
    public const int EntriesMax = 48;

    private readonly List<LedgerEntry> _entries = [];

    public IReadOnlyList<LedgerEntry> Entries => _entries;

    public LedgerEntry? Find(string decisionId)
    {
        foreach (var entry in _entries)
        {
            if (string.Equals(entry.DecisionId, decisionId, StringComparison.Ordinal)) return entry;
        }

        return null;
    }

    /// <summary>Adds an entry, or replaces the one with the same decision id: putting one back twice changes nothing.</summary>
    public void Put(LedgerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        for (var i = 0; i < _entries.Count; i++)
        {
            if (!string.Equals(_entries[i].DecisionId, entry.DecisionId, StringComparison.Ordinal)) continue;
            _entries[i] = entry;
            return;
        }

        if (_entries.Count >= EntriesMax) _entries.RemoveAt(Evictable());
        _entries.Add(entry);
    }

    /// <summary>Notes the outcome of a decision; unknown ids are ignored (the entry has left the bounded ledger).</summary>
    public void Settle(string decisionId, OutcomeKind outcome)
    {
        if (Find(decisionId) is { } entry) entry.Outcome = outcome;
    }

    /// <summary>Takes over another customer's entries, in order of time; for merging identities.</summary>
    public void TakeOver(DecisionLedger other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var entry in other._entries) Put(entry);
        _entries.Sort(static (left, right) => left.DecidedAt.CompareTo(right.DecidedAt));
    }

    /// <summary>Earliest moment at which an entry needs a look: a deferred decision or an open attribution window.</summary>
    public Instant NextDue()
    {
        var due = Instant.Never;
        foreach (var entry in _entries) due = Instant.Min(due, Due(entry));
        return due;
    }

    internal static Instant Due(LedgerEntry entry) => entry switch
    {
        { Status: DecisionStatus.Deferred } => entry.DueAt,
        { Outcome: OutcomeKind.Open, AttributionEndsAt.HasValue: true } => entry.AttributionEndsAt,
        _ => Instant.Never,
    };

    private int Evictable()
    {
        var settled = _entries.FindIndex(static entry => entry.Status is DecisionStatus.Suppressed or DecisionStatus.Dropped);
        if (settled < 0) settled = _entries.FindIndex(static entry => entry.Outcome != OutcomeKind.Open);
        return Math.Max(settled, 0);
    }
}
