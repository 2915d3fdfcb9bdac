using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>Dead letters, endpoints and rejects.</summary>
public sealed partial class SqliteStore
{
    public IReadOnlyList<DeadLetter> ReadDeadLetters(DeadLetterFilter filter, DeadLetterPosition? after, int limit)
    {
        ArgumentNullException.ThrowIfNull(filter);
        // Sorts after every id of a decision.
        var position = after ?? new DeadLetterPosition(Instant.Never, "\uffff");
        return ReadAll(
            DeliverySchema.DeadLetters,
            statement => statement.Add(filter.Channel).Add(filter.CreatedFrom ?? new Instant(long.MinValue))
                .Add(filter.CreatedBefore ?? Instant.Never).Add(position.DiedAt).Add(position.DecisionId).Add(limit),
            static row => new DeadLetter(
                row.Text(0), row.Text(1), row.Text(2), row.Time(3), row.Time(4), row.Int(5), row.IntOrNull(6), row.TextOrNull(7)));
    }

    public OutboxEntry? FindOutbox(string decisionId) => Read(
        DeliverySchema.FindOutbox,
        statement => statement.Add(decisionId),
        static row => new OutboxEntry(ReadOutbox(row), (OutboxState)row.Int(9), row.Time(10)));

    public IReadOnlyList<EndpointRow> ReadEndpoints() => ReadAll(
        DeliverySchema.Endpoints, static _ => { }, static row => new EndpointRow(row.Text(0), row.Time(1), row.Text(2)));

    public IReadOnlyList<KeptReject> ReadRejects(RejectFilter filter, long before, int limit)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var isReplayed = filter.IsReplayed is { } replayed ? (replayed ? 1 : 0) : -1;
        return ReadAll(
            DeliverySchema.Rejects,
            statement => statement.Add(before).Add(filter.Code).Add(filter.Source).Add(filter.From ?? new Instant(long.MinValue))
                .Add(filter.To ?? Instant.Never).Add(isReplayed).Add(limit),
            ReadReject);
    }

    public KeptReject? FindReject(long id) => Read(DeliverySchema.FindReject, statement => statement.Add(id), ReadReject);

    private static OutboxRow ReadOutbox(SqliteStatement row) => new(
        row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Time(4), row.Int(5), row.Time(6), row.Blob(7).ToArray())
    {
        RoundStart = row.Int(8),
    };

    private static KeptReject ReadReject(SqliteStatement row)
    {
        var item = new RejectedItem(row.Time(1), row.Text(2), row.Int(3), row.Text(4), row.Text(5), row.Text(6))
        {
            Call = row.TextOrNull(7),
            Envelope = row.TextOrNull(8),
            IsCut = row.Int(9) != 0,
        };
        return new KeptReject(row.Long(0), item, row.TimeOrNull(10), row.TextOrNull(11));
    }
}
