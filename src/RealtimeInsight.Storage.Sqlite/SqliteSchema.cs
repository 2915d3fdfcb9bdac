using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>The tables as version 1 had them (later ones are changed by <see cref="SchemaSteps"/>), and the statements on them.</summary>
internal static class SqliteSchema
{
    /// <summary>Kept in the file as its application_id: "RtIn".</summary>
    public const int ApplicationId = 0x5274496E;

    /// <summary>Log bodies stand apart from what is searched, so that a search by time does not read them.</summary>
    public static readonly string[] Tables =
    [
        "CREATE TABLE log (first_offset INTEGER PRIMARY KEY, count INTEGER NOT NULL, checksum INTEGER NOT NULL, body BLOB NOT NULL)",
        """
        CREATE TABLE log_events (first_offset INTEGER PRIMARY KEY, min_time INTEGER NOT NULL, max_time INTEGER NOT NULL,
            hashes BLOB NOT NULL)
        """,
        "CREATE INDEX log_events_time ON log_events (max_time, min_time)",
        "CREATE TABLE segments (number INTEGER PRIMARY KEY, count INTEGER NOT NULL, checksum INTEGER NOT NULL, body BLOB NOT NULL)",
        """
        CREATE TABLE decisions (id TEXT PRIMARY KEY, customer TEXT NOT NULL, decided_at INTEGER NOT NULL, rule TEXT NOT NULL,
            action TEXT NOT NULL, channel TEXT, status TEXT NOT NULL, reason TEXT, record BLOB NOT NULL, outcome TEXT, outcome_at INTEGER,
            outcome_value TEXT) WITHOUT ROWID
        """,
        """
        CREATE TABLE outbox (decision TEXT PRIMARY KEY, customer TEXT NOT NULL, channel TEXT NOT NULL, type TEXT NOT NULL,
            created_at INTEGER NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, body BLOB NOT NULL)
        """,
        "CREATE INDEX outbox_due ON outbox (channel, next_at) WHERE state = 0",
        """
        CREATE TABLE attempts (decision TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, result TEXT NOT NULL,
            status_code INTEGER, detail TEXT, PRIMARY KEY (decision, number)) WITHOUT ROWID
        """,
        """
        CREATE TABLE rejects (id INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, source TEXT NOT NULL, position INTEGER NOT NULL,
            code TEXT NOT NULL, message TEXT NOT NULL, payload TEXT NOT NULL)
        """,
        "CREATE TABLE aliases (visitor TEXT PRIMARY KEY, customer TEXT NOT NULL, first_offset INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE head (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
        "INSERT INTO head VALUES ('checkpoint', 0)",
        "INSERT INTO head VALUES ('next_segment', 0)",
    ];

    /// <summary>
    /// States by page, so that one customer's is read alone, and what a start needs of them apart. A page is one leaf of its table.
    /// The segments of version 1 stay where they are until their states are saved again.
    /// </summary>
    public static readonly string[] StateTables =
    [
        "CREATE TABLE segment_index (number INTEGER PRIMARY KEY, count INTEGER NOT NULL, checksum INTEGER NOT NULL, body BLOB NOT NULL)",
        "CREATE TABLE state_pages (id INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    ];

    /// <summary>Key of a page: pages of one segment follow each other.</summary>
    public static long PageId(long segment, int page) => checked((segment * StateSegment.PagesMax) + page);

    public const string InsertRow = "INSERT INTO log VALUES (?, ?, ?, ?)";
    public const string InsertRowEvents = "INSERT INTO log_events VALUES (?, ?, ?, ?)";
    public const string InsertIndex = "INSERT INTO segment_index VALUES (?, ?, ?, ?)";
    public const string InsertPage = "INSERT INTO state_pages VALUES (?, ?)";
    public const string DeleteIndex = "DELETE FROM segment_index WHERE number = ?";
    public const string DeletePages = "DELETE FROM state_pages WHERE id BETWEEN ? AND ?";
    public const string DeleteSegmentV1 = "DELETE FROM segments WHERE number = ?";
    public const string RaiseHead = "UPDATE head SET value = max(value, ?2) WHERE name = ?1";
    public const string PutDecision = """
        INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)
        ON CONFLICT (id) DO UPDATE SET decided_at = excluded.decided_at, channel = excluded.channel, status = excluded.status,
            reason = excluded.reason, record = excluded.record
        """;
    public const string PutOutcome = "UPDATE decisions SET outcome = ?2, outcome_at = ?3, outcome_value = ?4 WHERE id = ?1";
    public const string InsertOutbox = """
        INSERT OR IGNORE INTO outbox (decision, customer, channel, type, created_at, state, attempts, next_at, body, round_start)
        VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?)
        """;
    public const string InsertAttempt = "INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?)";
    public const string UpdateOutbox = """
        UPDATE outbox SET state = ?2, attempts = ?3, next_at = ?4, settled_at = ?5 WHERE decision = ?1
        """;
    public const string InsertReject = """
        INSERT INTO rejects (received_at, source, position, code, message, payload, call, envelope, is_cut)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;
    public const string TrimRejects = "DELETE FROM rejects WHERE id <= (SELECT max(id) FROM rejects) - ?";
    public const string PutAlias = "INSERT OR REPLACE INTO aliases VALUES (?, ?, ?)";

    public const string NextOffset = "SELECT first_offset + count FROM log ORDER BY first_offset DESC LIMIT 1";
    public const string Checkpoint = "SELECT value FROM head WHERE name = 'checkpoint'";
    public const string NextSegment = "SELECT value FROM head WHERE name = 'next_segment'";
    private const string RowColumns = """
        SELECT l.first_offset, l.count, e.min_time, e.max_time, e.hashes, l.body, l.checksum
        FROM log l LEFT JOIN log_events e ON e.first_offset = l.first_offset
        """;
    public const string FindRow = RowColumns + " WHERE l.first_offset <= ? ORDER BY l.first_offset DESC LIMIT 1";
    public const string NextRow = RowColumns + " WHERE l.first_offset >= ? ORDER BY l.first_offset LIMIT 1";
    public const string EventsInTime = "SELECT hashes FROM log_events WHERE max_time >= ?1 AND min_time <= ?2";
    public const string NextLowerIndex = """
        SELECT number, count, body, checksum FROM segment_index WHERE number < ? ORDER BY number DESC LIMIT 1
        """;
    public const string FindPage = "SELECT body FROM state_pages WHERE id = ?";
    public const string NextLowerSegmentV1 = """
        SELECT number, count, body, checksum FROM segments WHERE number < ? ORDER BY number DESC LIMIT 1
        """;
    public const string NextIndexUp = """
        SELECT number, count, body, checksum FROM segment_index WHERE number >= ? ORDER BY number LIMIT 1
        """;
    public const string NextSegmentV1Up = """
        SELECT number, count, body, checksum FROM segments WHERE number >= ? ORDER BY number LIMIT 1
        """;
    public const string Aliases = "SELECT visitor, customer, first_offset FROM aliases ORDER BY first_offset, visitor";
    public const string FindDecision = """
        SELECT id, customer, decided_at, rule, action, channel, status, reason, record FROM decisions WHERE id = ?
        """;
    public const string DecisionsInTime = "SELECT id FROM decisions WHERE (?1 IS NULL OR rule = ?1) ORDER BY decided_at, id";
    public const string FindJudged = """
        SELECT id, customer, decided_at, rule, status, reason, record, outcome, outcome_at FROM decisions WHERE id = ?
        """;
    public const string NewestMoment = """
        SELECT max(coalesce((SELECT max(max_time) FROM log_events), 0), coalesce((SELECT max(outcome_at) FROM decisions), 0),
            coalesce((SELECT max(decided_at) FROM decisions), 0))
        """;
    public const string FindProgress = """
        SELECT d.outcome, coalesce(o.state, CASE d.status WHEN 'sent' THEN 1 WHEN 'dead' THEN 2 END), o.attempts
        FROM decisions d LEFT JOIN outbox o ON o.decision = d.id WHERE d.id = ?
        """;
    public const string Attempts = """
        SELECT number, at, result, status_code, detail, duration_ms FROM attempts WHERE decision = ? ORDER BY number
        """;
    public const string DueOutbox = """
        SELECT decision, customer, channel, type, created_at, attempts, next_at, body, round_start FROM outbox
        WHERE state = 0 AND channel = ? AND next_at <= ? ORDER BY next_at LIMIT ?
        """;
    public const string NextOutboxDue = "SELECT next_at FROM outbox WHERE state = 0 AND channel = ? ORDER BY next_at LIMIT 1";
    public const string CountOutbox = "SELECT state, count(*) FROM outbox GROUP BY state";

    /// <summary>The row that the statements of the log give; not verified.</summary>
    public static LogRow LogRowOf(SqliteStatement row) => new(
        row.Long(0), row.Int(1), row.Time(2), row.Time(3), row.Blob(4).ToArray(), row.Blob(5).ToArray(), (uint)row.Long(6));
}
