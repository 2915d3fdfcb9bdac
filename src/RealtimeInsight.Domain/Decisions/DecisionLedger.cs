using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>
/// A customer's last decisions, oldest first; bounded. The oldest suppressed one goes first, then the oldest treatment beyond those that
/// caps and cool-down look at, one with a known outcome before one without; of these, one whose rule has decided in a later episode
/// since: the newest of a rule says that its episode has had its decision.
/// </summary>
public sealed class DecisionLedger
{
    public const int EntriesMax = 48;

    private readonly List<LedgerEntry> _entries = [];

    public IReadOnlyList<LedgerEntry> Entries => _entries;

    internal bool HasVariants
    {
        get
        {
            foreach (var entry in _entries)
            {
                if (entry.Variant is not null) return true;
            }

            return false;
        }
    }

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

        if (_entries.Count >= EntriesMax) _entries.RemoveAt(Evictable(entry.Rule));
        _entries.Add(entry);
    }

    /// <summary>Notes the outcome of a decision; unknown ids are ignored (the entry has left the bounded ledger).</summary>
    public void Settle(string decisionId, OutcomeKind outcome)
    {
        if (Find(decisionId) is { } entry) entry.Outcome = outcome;
    }

    /// <summary>A ledger of these entries in order of time, bounded as any; null without entries.</summary>
    public static DecisionLedger? Of(IEnumerable<LedgerEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        DecisionLedger? ledger = null;
        foreach (var entry in entries.OrderBy(static entry => entry.DecidedAt.UnixMs)) (ledger ??= new DecisionLedger()).Put(entry);
        return ledger;
    }

    /// <summary>True when the rule has decided about the episode, under whatever id.</summary>
    public bool Has(string rule, string episode)
    {
        foreach (var entry in _entries)
        {
            if (string.Equals(entry.Rule, rule, StringComparison.Ordinal)
                && string.Equals(entry.Episode, episode, StringComparison.Ordinal)) return true;
        }

        return false;
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

    /// <summary>Never one of the newest treatments that the frequency cap may have to count.</summary>
    /// <param name="next">Rule of the entry that room is made for.</param>
    private int Evictable(string next)
    {
        var index = _entries.FindIndex(entry => IsNotGiven(entry) && Due(entry) == Instant.Never && IsOver(entry, next));
        if (index < 0) index = _entries.FindIndex(entry => IsNotGiven(entry) && IsOver(entry, next));
        if (index < 0) index = OldestGiven(entry => entry.Outcome != OutcomeKind.Open && IsOver(entry, next));
        if (index < 0) index = _entries.FindIndex(static entry => IsNotGiven(entry) && Due(entry) == Instant.Never);
        if (index < 0) index = _entries.FindIndex(IsNotGiven);
        if (index < 0) index = OldestGiven(static entry => entry.Outcome != OutcomeKind.Open && entry.Episode != Episodes.Ever);
        if (index < 0) index = OldestGiven(static _ => true);
        return index >= 0 ? index : _entries.FindIndex(static entry => entry.Status == DecisionStatus.Deferred);
    }

    /// <summary>A later episode of its rule has been decided about, or is about to be.</summary>
    private bool IsOver(LedgerEntry entry, string next) => entry.Episode != Episodes.Ever
        && (string.Equals(entry.Rule, next, StringComparison.Ordinal)
            || _entries.FindLastIndex(other => string.Equals(other.Rule, entry.Rule, StringComparison.Ordinal)) > _entries.IndexOf(entry));

    private static bool IsNotGiven(LedgerEntry entry) => entry.Status is DecisionStatus.Suppressed or DecisionStatus.Dropped;

    /// <summary>The oldest treatment beyond the newest <see cref="Policy.CapMaxLimit"/> that meets the condition; -1 if none.</summary>
    private int OldestGiven(Func<LedgerEntry, bool> condition)
    {
        var oldest = _entries
            .Where(static entry => entry.Status == DecisionStatus.Decided)
            .OrderBy(static entry => entry.DecidedAt)
            .SkipLast(Policy.CapMaxLimit)
            .FirstOrDefault(condition);
        return oldest is null ? -1 : _entries.IndexOf(oldest);
    }
}
