namespace RealtimeInsight.Storage.Sqlite;

/// <summary>Where the log begins, and what is found by its age: what that adds to the tables, and its statements.</summary>
internal static class RetentionSchema
{
    public static readonly string[] Step =
    [
        "INSERT INTO head VALUES ('log_start', 0)",
        "CREATE INDEX decisions_time ON decisions (decided_at)",
        "CREATE INDEX outbox_settled ON outbox (settled_at) WHERE state <> 0",
    ];

    public const string LogStart = "SELECT value FROM head WHERE name = 'log_start'";
    public const string NewestEvent = "SELECT max(max_time) FROM log_events";
    public const string OldRows = """
        SELECT l.first_offset, l.count, e.max_time FROM log l LEFT JOIN log_events e ON e.first_offset = l.first_offset
        WHERE l.first_offset >= ? ORDER BY l.first_offset LIMIT ?
        """;
    public const string TrimLog = "DELETE FROM log WHERE first_offset < ?";
    public const string TrimLogEvents = "DELETE FROM log_events WHERE first_offset < ?";
    public const string OldDecisions = """
        SELECT id FROM decisions WHERE decided_at < ?
            AND NOT EXISTS (SELECT 1 FROM outbox WHERE decision = decisions.id AND state = 0) ORDER BY decided_at LIMIT ?
        """;
    public const string DropDecision = """
        DELETE FROM decisions WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM outbox WHERE decision = ?1 AND state = 0)
        """;
    public const string Settled = "SELECT decision, state FROM outbox WHERE state <> 0 AND settled_at < ? ORDER BY settled_at LIMIT ?";
    public const string KeepStatus = """
        UPDATE decisions SET status = CASE ?2 WHEN 1 THEN 'sent' ELSE 'dead' END
        WHERE id = ?1 AND status = 'decided' AND EXISTS (SELECT 1 FROM outbox WHERE decision = ?1 AND state = ?2)
        """;
    public const string DropAttempts = """
        DELETE FROM attempts WHERE decision = ?1 AND EXISTS (SELECT 1 FROM outbox WHERE decision = ?1 AND state = ?2)
        """;
    public const string DropAction = "DELETE FROM outbox WHERE decision = ?1 AND state = ?2";
}
