namespace RealtimeInsight.Storage.Sqlite;

/// <summary>Dead letters, endpoints and replayed rejects: what they add to the tables, and their statements.</summary>
internal static class DeliverySchema
{
    /// <summary>Adds columns that old rows have defaults for; the death of old dead letters is that of their last attempt.</summary>
    public static readonly string[] Step =
    [
        "ALTER TABLE outbox ADD COLUMN settled_at INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE outbox ADD COLUMN round_start INTEGER NOT NULL DEFAULT 0",
        """
        UPDATE outbox SET settled_at =
            coalesce((SELECT max(at) FROM attempts WHERE attempts.decision = outbox.decision), created_at) WHERE state <> 0
        """,
        "CREATE INDEX outbox_dead ON outbox (settled_at, decision) WHERE state = 2",
        "ALTER TABLE attempts ADD COLUMN duration_ms INTEGER",
        "CREATE TABLE endpoints (name TEXT PRIMARY KEY, disabled_at INTEGER NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID",
        "ALTER TABLE rejects ADD COLUMN call TEXT",
        "ALTER TABLE rejects ADD COLUMN envelope TEXT",
        "ALTER TABLE rejects ADD COLUMN is_cut INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE rejects ADD COLUMN replayed_at INTEGER",
        "ALTER TABLE rejects ADD COLUMN outcome TEXT",
        "CREATE INDEX rejects_time ON rejects (received_at)",
    ];

    public const string Redrive = """
        UPDATE outbox SET state = 0, settled_at = 0, round_start = attempts, next_at = ?2 WHERE decision = ?1 AND state = 2
        """;
    public const string PutEndpoint = "INSERT OR REPLACE INTO endpoints VALUES (?, ?, ?)";
    public const string DropEndpoint = "DELETE FROM endpoints WHERE name = ?";
    public const string MarkReplayed = "UPDATE rejects SET replayed_at = ?2, outcome = ?3 WHERE id = ?1";
    public const string Endpoints = "SELECT name, disabled_at, reason FROM endpoints ORDER BY name";
    public const string FindOutbox = """
        SELECT decision, customer, channel, type, created_at, attempts, next_at, body, round_start, state, settled_at
        FROM outbox WHERE decision = ?
        """;
    public const string DeadLetters = """
        SELECT o.decision, o.customer, o.channel, o.created_at, o.settled_at, o.attempts, a.status_code, a.detail
        FROM outbox o LEFT JOIN attempts a ON a.decision = o.decision AND a.number = o.attempts
        WHERE o.state = 2 AND (?1 IS NULL OR o.channel = ?1) AND o.created_at >= ?2 AND o.created_at < ?3
            AND (o.settled_at, o.decision) < (?4, ?5)
        ORDER BY o.settled_at DESC, o.decision DESC LIMIT ?6
        """;
    private const string RejectColumns = """
        SELECT id, received_at, source, position, code, message, payload, call, envelope, is_cut, replayed_at, outcome FROM rejects
        """;
    public const string FindReject = RejectColumns + " WHERE id = ?";
    public const string Rejects = RejectColumns + """
         WHERE id < ?1 AND (?2 IS NULL OR code = ?2) AND (?3 IS NULL OR source = ?3) AND received_at >= ?4 AND received_at < ?5
            AND (?6 < 0 OR (replayed_at IS NOT NULL) = ?6) ORDER BY id DESC LIMIT ?7
        """;
    public const string TrimRejectsByAge = """
        DELETE FROM rejects WHERE received_at < ? AND id < (SELECT max(id) FROM rejects)
        """;
}
