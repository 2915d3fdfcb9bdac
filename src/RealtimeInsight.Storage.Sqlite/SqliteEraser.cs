using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>Writes what an erasure brings: what is taken out of the file is overwritten there.</summary>
internal static class SqliteEraser
{
    public const string OverwriteInPages = "PRAGMA secure_delete = FAST";

    /// <summary>False for a row of another kind.</summary>
    public static bool TryWrite(SqliteFile file, ControlRow row)
    {
        if (row is not (EraseRow or DropAliasRow or DropRejectRow or ForgetDecisionRow or RewriteLogRow or RewritePageRow or ScrubRow))
        {
            return false;
        }

        file.Run("PRAGMA secure_delete = ON");
        Write(file, row);
        file.Run(OverwriteInPages);
        return true;
    }

    private static void Write(SqliteFile file, ControlRow row)
    {
        switch (row)
        {
            case EraseRow erased:
                file.Prepare(ErasureSchema.PutErased).Add((long)erased.Hash).Add(erased.Twin).Add(erased.Record).Add(erased.At)
                    .Add(erased.IsDone ? 1 : 0).Run();
                break;
            case DropAliasRow alias:
                file.Prepare(ErasureSchema.DropAlias).Add(alias.Id).Run();
                break;
            case DropRejectRow reject:
                file.Prepare(ErasureSchema.DropReject).Add(reject.RejectId).Run();
                break;
            case ForgetDecisionRow decision:
                file.Prepare(ErasureSchema.ForgetAttempts).Add(decision.DecisionId).Run();
                var action = file.Prepare(ErasureSchema.ForgetAction).Add(decision.DecisionId);
                decision.Was = null;
                while (action.Read()) decision.Was = (OutboxState)action.Int(0);
                file.Prepare(ErasureSchema.ForgetDecision).Add(decision.DecisionId).Run();
                break;
            case RewriteLogRow { Row: var log }:
                file.Prepare(ErasureSchema.RewriteRow).Add(log.FirstOffset).Add(log.Body).Add(log.Checksum).Run();
                break;
            case ScrubRow { Pages: 0 }:
                file.Prepare(ErasureSchema.EndScrub).Run();
                break;
            case ScrubRow scrub:
                file.Prepare(ErasureSchema.Scrub).Add(scrub.Pages * file.Scalar(ErasureSchema.PageSize)).Run();
                break;
            case RewritePageRow page:
                file.Prepare(ErasureSchema.RewritePage).Add(SqliteSchema.PageId(page.Page.Segment, page.Page.Page)).Add(page.Bytes).Run();
                break;
        }
    }
}
