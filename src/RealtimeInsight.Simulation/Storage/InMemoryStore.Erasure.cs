using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Simulation.Storage;

/// <summary>Erased customers.</summary>
public sealed partial class InMemoryStore
{
    private readonly Dictionary<(ulong Hash, ushort Twin), EraseRow> _erased = [];

    public IReadOnlyList<EraseRow> ReadErased()
    {
        lock (_gate) return [.. _erased.Values];
    }

    public long CountFreePages() => 0;

    public IReadOnlyList<long> FindRejects(IReadOnlyList<string> names)
    {
        lock (_gate)
        {
            return [.. _rejects.Where(kept => RejectNames.IsIn(kept.Item.Payload, names) || RejectNames.IsIn(kept.Item.Envelope, names))
                .Select(static kept => kept.Id)];
        }
    }

    /// <summary>The bodies of all decisions and actions, for checks.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Stored()
    {
        lock (_gate)
        {
            return [.. _decisions.Values.Select(static row => row.Record), .. _outbox.Values.Select(static entry => entry.Row.Body)];
        }
    }

    private bool TryErase(ControlRow row)
    {
        switch (row)
        {
            case EraseRow erased:
                _erased[(erased.Hash, erased.Twin)] = erased;
                return true;
            case DropAliasRow alias:
                _aliases.Remove(alias.Id);
                return true;
            case DropRejectRow reject:
                _rejects.RemoveAll(kept => kept.Id == reject.RejectId);
                return true;
            case ForgetDecisionRow decision:
                _decisions.Remove(decision.DecisionId);
                _outcomes.Remove(decision.DecisionId);
                decision.Was = _outbox.Remove(decision.DecisionId, out var action) ? action.State : null;
                _settled.Remove(decision.DecisionId);
                _attempts.RemoveAll(attempt => attempt.DecisionId == decision.DecisionId);
                return true;
            case RewriteLogRow { Row: var log } when _rows.FindIndex(kept => kept.FirstOffset == log.FirstOffset) is >= 0 and var at:
                _rows[at] = log with { Body = log.Body.ToArray(), EventHashes = _rows[at].EventHashes };
                return true;
            case RewritePageRow page when _segments.TryGetValue(page.Page.Segment, out var segment):
                var pages = segment.Pages.ToArray();
                pages[page.Page.Page] = page.Bytes.ToArray();
                _segments[page.Page.Segment] = segment with { Pages = pages };
                return true;
            default:
                return false;
        }
    }
}
