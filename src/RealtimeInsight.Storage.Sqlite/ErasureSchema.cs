namespace RealtimeInsight.Storage.Sqlite;

/// <summary>Who was erased, and the statements that erase.</summary>
internal static class ErasureSchema
{
    public static readonly string[] Step =
    [
        """
        CREATE TABLE erased (hash INTEGER NOT NULL, twin INTEGER NOT NULL, record INTEGER NOT NULL, erased_at INTEGER NOT NULL,
            is_done INTEGER NOT NULL, PRIMARY KEY (hash, twin)) WITHOUT ROWID
        """,
        "CREATE TABLE scrubbed (id INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    ];

    public const string Erased = "SELECT hash, twin, record, erased_at, is_done FROM erased";
    public const string PutErased = "INSERT OR REPLACE INTO erased VALUES (?, ?, ?, ?, ?)";

    /// <summary>Those that may have one of the names (a JSON array): they have it as it is, or something in them is escaped.</summary>
    public const string FindRejects = """
        SELECT id, payload, envelope FROM rejects WHERE instr(payload, '\') > 0 OR instr(envelope, '\') > 0
            OR EXISTS (SELECT 1 FROM json_each(?1) WHERE instr(payload, value) > 0 OR instr(envelope, value) > 0)
        """;

    public const string DropReject = "DELETE FROM rejects WHERE id = ?";
    public const string DropAlias = "DELETE FROM aliases WHERE visitor = ?";
    public const string ForgetAttempts = "DELETE FROM attempts WHERE decision = ?";
    public const string ForgetAction = "DELETE FROM outbox WHERE decision = ? RETURNING state";
    public const string ForgetDecision = "DELETE FROM decisions WHERE id = ?";
    public const string FreePages = "PRAGMA freelist_count";
    public const string PageSize = "PRAGMA page_size";

    /// <summary>A long row takes free pages, and fills each of them.</summary>
    public const string Scrub = "INSERT INTO scrubbed (body) VALUES (zeroblob(?))";
    public const string EndScrub = "DELETE FROM scrubbed";
    public const string RewriteRow = "UPDATE log SET body = ?2, checksum = ?3 WHERE first_offset = ?1";
    public const string RewritePage = "UPDATE state_pages SET body = ?2 WHERE id = ?1";
}
