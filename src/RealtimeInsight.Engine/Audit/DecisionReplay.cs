using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;

namespace RealtimeInsight.Engine.Audit;

/// <summary>
/// Folds one customer's history from the log, with the code that serves, and compares the features at each decision with those that the
/// decision's record holds, bit for bit. Not thread-safe.
/// </summary>
internal sealed class DecisionReplay(CustomerMachine machine, LogReader log, int recordsMax)
{
    private readonly List<LogEntry> _records = [];
    private readonly ArrivalFold _fold = new(machine);
    private readonly float[] _features = new float[ModelContract.ProfileFeatures];

    /// <summary>Compares the decisions of a history up to a record.</summary>
    /// <param name="newest">Offset of the history's last record.</param>
    /// <param name="since">A history that began before this offset is left out.</param>
    /// <exception cref="Storage.StoreException">The log cannot be read.</exception>
    public ReplayVerdict Check(long newest, long since)
    {
        if (!TryRead(newest, since)) return default;
        _fold.Clear();
        var verdict = default(ReplayVerdict);
        foreach (var record in _records)
        {
            if (record.Kind == RecordKind.Event)
            {
                ReadOnlySpan<byte> payload = record.Payload;
                _fold.Add(EventCodec.Read(ref payload));
            }
            else if (record.Kind == RecordKind.Decision && _fold.State is not null)
            {
                verdict = Compare(DecisionPayload.ReadDecision(record.Payload, out var foldedUpTo), foldedUpTo, verdict);
            }
        }

        return verdict;
    }

    /// <summary>
    /// The customer as the model saw it last: after the newest event, before any deadline behind it, without scores and ledger. Null when
    /// its history cannot be replayed.
    /// </summary>
    /// <param name="newest">Offset of the history's last record.</param>
    /// <param name="decisionId">Only what came before this decision; null for all of it.</param>
    /// <exception cref="Storage.StoreException">The log cannot be read.</exception>
    public CustomerState? LastScored(long newest, string? decisionId)
    {
        if (!TryRead(newest, since: 0)) return null;
        _fold.Clear();
        foreach (var record in _records)
        {
            if (record.Kind == RecordKind.Event)
            {
                ReadOnlySpan<byte> payload = record.Payload;
                _fold.Add(EventCodec.Read(ref payload));
            }
            else if (decisionId is not null && record.Kind == RecordKind.Decision
                && (string?)DecisionPayload.ReadDecision(record.Payload, out _)["decision_id"] == decisionId)
            {
                return _fold.State;
            }
        }

        return decisionId is null ? _fold.State : null;
    }

    /// <summary>
    /// The records, oldest first; false when they are too many, too old, not all kept any more, or those of several histories.
    /// </summary>
    private bool TryRead(long newest, long since)
    {
        _records.Clear();
        for (var offset = newest; offset != LogUnit.NoPrevious;)
        {
            if (offset < since || _records.Count == recordsMax) return false;
            if (log.Find(offset) is not { } record) return false;
            if (record.Kind is not (RecordKind.Event or RecordKind.Decision or RecordKind.Outcome)) return false;
            _records.Add(record);
            offset = record.Previous;
        }

        _records.Reverse();
        return true;
    }

    private ReplayVerdict Compare(JsonNode record, Instant foldedUpTo, ReplayVerdict verdict)
    {
        _fold.AdvanceTo(foldedUpTo);

        // Another schema is other code: there is nothing to compare with.
        if ((string?)record["feature_schema"] != FeatureSchema.Hash || record["features"] is not JsonArray kept) return verdict;
        FeatureExtractor.Profile(_fold.State!, new Instant((long)record["decided_at_ms"]!), _features);
        var isSame = kept.Count == _features.Length;
        for (var i = 0; i < _features.Length && isSame; i++)
        {
            isSame = BitConverter.SingleToInt32Bits((float)kept[i]!) == BitConverter.SingleToInt32Bits(_features[i]);
        }

        return new ReplayVerdict(verdict.Compared + 1, verdict.Mismatches + (isSame ? 0 : 1));
    }
}

/// <param name="Compared">Decisions whose features were computed again.</param>
/// <param name="Mismatches">Those of them that differ.</param>
internal readonly record struct ReplayVerdict(int Compared, int Mismatches);
