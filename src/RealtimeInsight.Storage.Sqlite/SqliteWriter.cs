using System.Globalization;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>Writes one commit group inside the transaction that its caller opened.</summary>
internal static class SqliteWriter
{
    public static void Write(SqliteFile file, CommitGroup group, SqliteStoreOptions options)
    {
        WriteLog(file, group);
        WriteStates(file, group);
        WriteDecisions(file, group);
        WriteRejects(file, group.Rejects, options);
        foreach (var row in group.Controls) WriteControl(file, row);
    }

    private static void WriteLog(SqliteFile file, CommitGroup group)
    {
        foreach (var row in group.Rows)
        {
            file.Prepare(SqliteSchema.InsertRow).Add(row.FirstOffset).Add(row.Count).Add(row.Checksum).Add(row.Body).Run();
            if (row.EventHashes.IsEmpty) continue;
            file.Prepare(SqliteSchema.InsertRowEvents).Add(row.FirstOffset).Add(row.MinTime).Add(row.MaxTime).Add(row.EventHashes).Run();
        }

        foreach (var alias in group.Aliases)
        {
            file.Prepare(SqliteSchema.PutAlias).Add(alias.VisitorId).Add(alias.CustomerId).Add(alias.Offset).Run();
        }
    }

    /// <summary>The newest reject stays: ids never come back.</summary>
    private static void WriteRejects(SqliteFile file, List<RejectedItem> rejects, SqliteStoreOptions options)
    {
        if (rejects.Count == 0) return;
        var newest = Instant.None;
        foreach (var item in rejects)
        {
            newest = Instant.Max(newest, item.ReceivedAt);
            file.Prepare(SqliteSchema.InsertReject).Add(item.ReceivedAt).Add(item.Source).Add(item.Index).Add(item.Code)
                .Add(item.Message).Add(item.Payload).Add(item.Call).Add(item.Envelope).Add(item.IsCut ? 1 : 0).Run();
        }

        file.Prepare(SqliteSchema.TrimRejects).Add(options.RejectsMax).Run();
        file.Prepare(DeliverySchema.TrimRejectsByAge).Add(newest - options.RejectsKept).Run();
    }

    private static void WriteControl(SqliteFile file, ControlRow row)
    {
        if (SqliteEraser.TryWrite(file, row)) return;
        switch (row)
        {
            case RedriveRow redrive:
                file.Prepare(DeliverySchema.Redrive).Add(redrive.DecisionId).Add(redrive.At).Run();
                break;
            case EndpointRow { DisabledAt.HasValue: true } endpoint:
                file.Prepare(DeliverySchema.PutEndpoint).Add(endpoint.Name).Add(endpoint.DisabledAt).Add(endpoint.Reason).Run();
                break;
            case EndpointRow endpoint:
                file.Prepare(DeliverySchema.DropEndpoint).Add(endpoint.Name).Run();
                break;
            case ReplayRow replay:
                file.Prepare(DeliverySchema.MarkReplayed).Add(replay.RejectId).Add(replay.At).Add(replay.Outcome).Run();
                break;
            case TrimLogRow trim:
                file.Prepare(RetentionSchema.TrimLog).Add(trim.Start).Run();
                file.Prepare(RetentionSchema.TrimLogEvents).Add(trim.Start).Run();
                file.Prepare(SqliteSchema.RaiseHead).Add("log_start").Add(trim.Start).Run();
                break;
            case DropDecisionRow drop:
                file.Prepare(RetentionSchema.DropDecision).Add(drop.DecisionId).Run();
                break;
            case DropActionRow { Action: var (decision, state) }:
                file.Prepare(RetentionSchema.KeepStatus).Add(decision).Add((long)state).Run();
                file.Prepare(RetentionSchema.DropAttempts).Add(decision).Add((long)state).Run();
                file.Prepare(RetentionSchema.DropAction).Add(decision).Add((long)state).Run();
                break;
            default:
                throw new InvalidOperationException($"a control row of type {row.GetType().Name} is not known to this store");
        }
    }

    private static void WriteStates(SqliteFile file, CommitGroup group)
    {
        foreach (var segment in group.Segments)
        {
            var index = segment.Index;
            file.Prepare(SqliteSchema.InsertIndex).Add(index.Number).Add(index.Count).Add(index.Checksum).Add(index.Body).Run();
            for (var page = 0; page < segment.Pages.Count; page++)
            {
                file.Prepare(SqliteSchema.InsertPage).Add(SqliteSchema.PageId(segment.Number, page)).Add(segment.Pages[page]).Run();
            }

            file.Prepare(SqliteSchema.RaiseHead).Add("next_segment").Add(segment.Number + 1).Run();
        }

        foreach (var number in group.DroppedSegments)
        {
            file.Prepare(SqliteSchema.DeleteIndex).Add(number).Run();
            file.Prepare(SqliteSchema.DeletePages).Add(SqliteSchema.PageId(number, 0))
                .Add(SqliteSchema.PageId(number, StateSegment.PagesMax - 1)).Run();
            file.Prepare(SqliteSchema.DeleteSegmentV1).Add(number).Run();
        }

        if (group.Checkpoint >= 0) file.Prepare(SqliteSchema.RaiseHead).Add("checkpoint").Add(group.Checkpoint).Run();
    }

    private static void WriteDecisions(SqliteFile file, CommitGroup group)
    {
        foreach (var row in group.Decisions)
        {
            file.Prepare(SqliteSchema.PutDecision).Add(row.DecisionId).Add(row.CustomerId).Add(row.DecidedAt).Add(row.Rule)
                .Add(row.Action).Add(row.Channel).Add(row.Status).Add(row.SuppressionReason).Add(row.Record).Run();
        }

        foreach (var row in group.Outcomes)
        {
            file.Prepare(SqliteSchema.PutOutcome).Add(row.DecisionId).Add(row.Outcome).Add(row.At)
                .Add(row.Value.ToString(CultureInfo.InvariantCulture)).Run();
        }

        foreach (var row in group.Outbox)
        {
            file.Prepare(SqliteSchema.InsertOutbox).Add(row.DecisionId).Add(row.CustomerId).Add(row.Channel).Add(row.Type)
                .Add(row.CreatedAt).Add(row.Attempts).Add(row.NextAt).Add(row.Body).Add(row.RoundStart).Run();
        }

        foreach (var row in group.Attempts)
        {
            var attempt = row.Attempt;
            var settled = row.State == OutboxState.Pending ? Instant.None : attempt.At;
            var next = row.NextAt == Instant.Never ? Instant.None : row.NextAt;
            file.Prepare(SqliteSchema.UpdateOutbox).Add(row.DecisionId).Add((long)row.State).Add(attempt.Number).Add(next).Add(settled)
                .Run();
            row.IsOfNoAction = file.Changes == 0;
            if (row.IsOfNoAction) continue;
            var insert = file.Prepare(SqliteSchema.InsertAttempt)
                .Add(row.DecisionId).Add(attempt.Number).Add(attempt.At).Add(attempt.Result);
            insert = (attempt.StatusCode is { } code ? insert.Add(code) : insert.Add((string?)null)).Add(attempt.Detail);
            (attempt.DurationMs is { } duration ? insert.Add(duration) : insert.Add((string?)null)).Run();
        }
    }
}
