using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Storage;

/// <summary>What is known of erased customers, and what has to be found to erase one.</summary>
public interface IErasureStore
{
    /// <summary>Every erasure there was.</summary>
    IReadOnlyList<EraseRow> ReadErased();

    /// <summary>Kept rejects that have one of the names, as <see cref="Erasure.RejectNames"/> tells; all are looked at, once.</summary>
    IReadOnlyList<long> FindRejects(IReadOnlyList<string> names);

    /// <summary>Pages that are free: what was in them may be there still.</summary>
    long CountFreePages();
}

/// <summary>
/// A customer was erased: what happened to it up to then is not taken any more. Kept as a hash; nothing of the customer itself.
/// </summary>
/// <param name="Hash">Stable hash of the id.</param>
/// <param name="Twin">Number among the customers with this hash.</param>
/// <param name="Record">Offset of the record that says so; in a unit that is not committed yet, its position.</param>
/// <param name="IsDone">False while its log records and saved states are still to be overwritten.</param>
public sealed record EraseRow(ulong Hash, ushort Twin, long Record, Instant At, bool IsDone) : ControlRow;

/// <summary>A merged id leads nowhere any more.</summary>
public sealed record DropAliasRow(string Id) : ControlRow;

/// <summary>A reject is not kept any more.</summary>
public sealed record DropRejectRow(long RejectId) : ControlRow;

/// <summary>A decision goes, with its action, whatever becomes of that, and its attempts.</summary>
public sealed record ForgetDecisionRow(string DecisionId) : ControlRow
{
    /// <summary>Set by the store that commits it: where its action stood; null where there was none.</summary>
    public OutboxState? Was { get; set; }
}

/// <summary>A log row gets another body, in the place of the one that it has.</summary>
public sealed record RewriteLogRow(Log.LogRow Row) : ControlRow;

/// <summary>That many free pages are taken and overwritten; they are given back with a row of 0.</summary>
public sealed record ScrubRow(int Pages) : ControlRow;

/// <summary>A page of saved states gets other bytes, if it is still there.</summary>
public sealed record RewritePageRow(StatePageName Page, ReadOnlyMemory<byte> Bytes) : ControlRow;
