using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Customers;

/// <summary>
/// The decisions of a state that is held as bytes in memory: ids as the numbers they spell, words by number, times as distances.
/// </summary>
internal static class PackedLedger
{
    private const int NumbersMax = (4 * (SpanWriter.NumberMax + 1)) + (2 * sizeof(ulong)) + 4;

    /// <summary>The ledger takes no more bytes than this.</summary>
    public static int LengthMax(DecisionLedger ledger)
    {
        var length = SpanWriter.NumberMax;
        for (var i = 0; i < ledger.Entries.Count; i++)
        {
            var entry = ledger.Entries[i];
            length += NumbersMax + SpanWriter.MaxOf(entry.DecisionId) + SpanWriter.MaxOf(entry.Rule) + SpanWriter.MaxOf(entry.Action)
                + SpanWriter.MaxOf(entry.Channel) + SpanWriter.MaxOf(entry.Episode);
        }

        return length;
    }

    public static void Write(ref SpanWriter writer, DecisionLedger ledger, Instant newest)
    {
        writer.Unsigned((uint)ledger.Entries.Count);
        for (var i = 0; i < ledger.Entries.Count; i++)
        {
            var entry = ledger.Entries[i];
            var isNumber = DecisionId.TryRead(entry.DecisionId, out var high, out var low);
            writer.Bool(isNumber);
            if (isNumber)
            {
                writer.Fixed64(high);
                writer.Fixed64(low);
            }
            else
            {
                writer.Text(entry.DecisionId);
            }

            writer.Name(entry.Rule);
            writer.Name(entry.Action);
            writer.OptionalName(entry.Channel);
            writer.Text(entry.Episode);
            writer.Byte((byte)entry.Status);
            writer.Byte((byte)entry.Reason);
            writer.Byte((byte)entry.Outcome);
            writer.Moment(entry.DecidedAt, newest);
            writer.Moment(entry.DueAt, newest);
            writer.Moment(entry.AttributionEndsAt, newest);
        }
    }

    public static DecisionLedger Read(ref ByteReader reader, Instant newest)
    {
        var ledger = new DecisionLedger();
        var count = reader.Count(DecisionLedger.EntriesMax);
        for (var i = 0; i < count; i++)
        {
            ledger.Put(new LedgerEntry
            {
                DecisionId = reader.Bool() ? DecisionId.Of(reader.Fixed64(), reader.Fixed64()) : reader.Text(),
                Rule = reader.Name(out _),
                Action = reader.Name(out _),
                Channel = reader.OptionalName(),
                Episode = reader.Text(),
                Status = (DecisionStatus)reader.Choice((byte)DecisionStatus.Dropped, "decision status"),
                Reason = (SuppressionReason)reader.Choice((byte)SuppressionReason.LowerPriority, "suppression reason"),
                Outcome = (OutcomeKind)reader.Choice((byte)OutcomeKind.NotRecovered, "outcome"),
                DecidedAt = reader.Moment(newest),
                DueAt = reader.Moment(newest),
                AttributionEndsAt = reader.Moment(newest),
            });
        }

        return ledger;
    }
}
