using RealtimeInsight.Domain;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Retention;
using RealtimeInsight.Engine.Watching;

namespace RealtimeInsight.Engine;

/// <summary>What an engine takes for "now".</summary>
public enum EngineClock
{
    /// <summary>The <see cref="TimeProvider"/>: deadlines fire when their time comes.</summary>
    Wall = 0,

    /// <summary>The newest event time seen: history is replayed as it was, deadlines fire between the events.</summary>
    EventTime = 1,
}

/// <summary>
/// Settings of the embedded engine. Every queue, batch and wait has its limit here; <see cref="Validate"/> holds the bounds.
/// </summary>
public sealed class EngineOptions
{
    private static readonly long ResidentBytesDefault = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>What decides when deadlines are due. Default the wall clock.</summary>
    public EngineClock Clock { get; set; } = EngineClock.Wall;

    /// <summary>
    /// Whether events and customers are kept: logged, and saved behind the log, so that a restart finds them. Default true. False:
    /// customers live in memory alone, whatever <see cref="ResidentBytesMax"/> says, and are gone with the process: for trial runs and
    /// where another log is replayed. Decisions, their outbox and rejects are stored in either case. Without a log there are no timelines,
    /// late events count as of now, and a merge cannot be undone.
    /// </summary>
    public bool KeepLog { get; set; } = true;

    /// <summary>Shards, each with a thread of its own. Default 0: one a processor; at most 256.</summary>
    public int Shards { get; set; }

    /// <summary>Events of one shard turn: one log row. Default 256; 1 to 4,096.</summary>
    public int BatchEventsMax { get; set; } = 256;

    /// <summary>
    /// Customers of one model run, and of a turn those who are worked on at a time: few enough that their memory stays in the processor's
    /// cache from the first look to the score, enough that a run of the model pays. Default 128; 1 to 4,096.
    /// </summary>
    public int ModelRowsMax { get; set; } = 128;

    /// <summary>
    /// Parts of batches (each of at most <see cref="BatchEventsMax"/> events) waiting before a shard; intake waits beyond. Default 256.
    /// </summary>
    public int InboxPartsMax { get; set; } = 256;

    /// <summary>Reads waiting before a shard; readers wait beyond. Default 1,024; 1 to 65,536.</summary>
    public int QueriesMax { get; set; } = 1024;

    /// <summary>
    /// Turns of one shard that may wait for their commit; the shard stops taking events and firing deadlines beyond. Deadlines come one
    /// a turn, so this is also how many may fire while the disk is slow for a moment. Default 512; 1 to 4,096.
    /// </summary>
    public int UnitsInFlightMax { get; set; } = 512;

    /// <summary>Turns in one transaction. Default 256; 1 to 4,096.</summary>
    public int CommitUnitsMax { get; set; } = 256;

    /// <summary>Log bytes in one transaction, checked between turns. Default 8 MiB; 64 KiB to 256 MiB.</summary>
    public int CommitBytesMax { get; set; } = 8 << 20;

    /// <summary>First wait after a failed commit; doubles up to <see cref="CommitRetryMax"/>. Default 50 ms; 1 ms to 1 minute.</summary>
    public TimeSpan CommitRetryMin { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Longest wait between tries of a failed commit. Default 5 s; at least <see cref="CommitRetryMin"/>, at most 10 minutes.
    /// </summary>
    public TimeSpan CommitRetryMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A changed customer is saved when the change is this old. Default 10 s; 10 ms to 1 hour.</summary>
    public TimeSpan SaveInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// States that a shard saves after one turn: the pace of saving, and what a read may have to wait for. Default 128; 1 to 65,536.
    /// </summary>
    public int SaveStatesMax { get; set; } = 128;

    /// <summary>
    /// Changed customers waiting to be saved, beyond which saving starts before <see cref="SaveInterval"/>. Default 1,000,000.
    /// </summary>
    public int SaveDirtyMax { get; set; } = 1_000_000;

    /// <summary>
    /// Bytes of customer states kept in memory, estimated, over all shards; beyond, those not used lately leave and are read again from the
    /// store when an event, a question or a deadline asks for them. Default: half of the memory that the process may use; 0 for no limit.
    /// </summary>
    public long ResidentBytesMax { get; set; } = ResidentBytesDefault;

    /// <summary>
    /// Events of a customer that an out-of-order event can bring to be folded again; a longer history takes it in at its end. Default
    /// 512.
    /// </summary>
    public int RefoldEventsMax { get; set; } = 512;

    /// <summary>
    /// Log records that a customer whose saved state is damaged is made anew from; one with more is not. Default 20,000; 1 to 1,000,000.
    /// </summary>
    public int RebuildRecordsMax { get; set; } = 20_000;

    /// <summary>
    /// How long ago something may have happened and still be decided about, by the wall clock: loaded history and deadlines of a long
    /// downtime change the customer, and nobody is sent anything. Default 24 h; 1 minute to 3,650 days.
    /// </summary>
    public TimeSpan DecideWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Whether a visitor's history becomes the customer's when an event names both. Default true; requests to merge work in either case.
    /// </summary>
    public bool MergeAutomatically { get; set; } = true;

    /// <summary>
    /// Events of two histories that are folded as one when they are merged or parted. Longer ones are joined by their states, and cannot be
    /// parted. Default 10,000; 1 to 65,536.
    /// </summary>
    public int MergeEventsMax { get; set; } = 10_000;

    /// <summary>Customers whose deadlines fire in one turn. Default 1,024; 1 to 65,536.</summary>
    public int DeadlinesPerTurnMax { get; set; } = 1024;

    /// <summary>Log rows kept decoded for timelines and re-folds. Default 64; 1 to 4,096.</summary>
    public int LogRowsCached { get; set; } = 64;

    /// <summary>Customers that one shard looks at for the list of those at risk. Default 50,000; 100 to 1,000,000.</summary>
    public int AtRiskScanMax { get; set; } = 50_000;

    /// <summary>
    /// Customers of one shard whose recurrent states of a shadow model are kept; beyond, the one kept longest goes. Default 4,096 (1 MiB);
    /// 1 to 1,000,000.
    /// </summary>
    public int ShadowCustomersMax { get; set; } = 4096;

    /// <summary>Most of a shard's time that a shadow model may take; events beyond are left out. Default 0.1; 0.01 to 1.</summary>
    public double ShadowTimeMax { get; set; } = 0.1;

    /// <summary>
    /// Time between two customers whose history is replayed from the log and whose decisions' features are compared with it. Default 5 s;
    /// 100 ms to 1 day.
    /// </summary>
    public TimeSpan AuditInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Notices waiting for one slow reader; the oldest go, counted. Default 1,024; 1 to 65,536.</summary>
    public int NoticeQueueMax { get; set; } = 1024;

    /// <summary>Readers of notices at a time. Default 256; 1 to 65,536.</summary>
    public int NoticeReadersMax { get; set; } = 256;

    /// <summary>How scores are followed to their outcomes.</summary>
    public WatchOptions Watch { get; set; } = new();

    /// <summary>What is learned from the stream.</summary>
    public LearningOptions Learning { get; set; } = new();

    /// <summary>How long is kept what no customer's state needs any more.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>Settings of the outbox.</summary>
    public OutboxOptions Outbox { get; set; } = new();

    /// <summary>All violations of the bounds, each naming option, value and rule; empty when valid.</summary>
    public static IReadOnlyList<string> Validate(EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bounds = new BoundsCheck();
        if (!Enum.IsDefined(options.Clock)) bounds.Problems.Add($"Clock is {options.Clock}, Wall or EventTime is allowed");
        bounds.Range(nameof(Shards), options.Shards, 0, 256);
        bounds.Range(nameof(BatchEventsMax), options.BatchEventsMax, 1, 4096);
        bounds.Range(nameof(ModelRowsMax), options.ModelRowsMax, 1, 4096);
        bounds.Range(nameof(InboxPartsMax), options.InboxPartsMax, 1, 65_536);
        bounds.Range(nameof(QueriesMax), options.QueriesMax, 1, 65_536);
        bounds.Range(nameof(UnitsInFlightMax), options.UnitsInFlightMax, 1, 4096);
        bounds.Range(nameof(CommitUnitsMax), options.CommitUnitsMax, 1, 4096);
        bounds.Range(nameof(CommitBytesMax), options.CommitBytesMax, 64 << 10, 256 << 20);
        bounds.Range(nameof(CommitRetryMin), options.CommitRetryMin, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        bounds.Range(nameof(CommitRetryMax), options.CommitRetryMax, options.CommitRetryMin, TimeSpan.FromMinutes(10));
        bounds.Range(nameof(SaveInterval), options.SaveInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
        bounds.Range(nameof(SaveStatesMax), options.SaveStatesMax, 1, 65_536);
        bounds.Range(nameof(SaveDirtyMax), options.SaveDirtyMax, 1, 100_000_000);
        bounds.Range(nameof(ResidentBytesMax), options.ResidentBytesMax, 0, 1L << 50);
        bounds.Range(nameof(RefoldEventsMax), options.RefoldEventsMax, 1, 65_536);
        bounds.Range(nameof(MergeEventsMax), options.MergeEventsMax, 1, 65_536);
        bounds.Range(nameof(RebuildRecordsMax), options.RebuildRecordsMax, 1, 1_000_000);
        bounds.Range(nameof(DecideWithin), options.DecideWithin, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650));
        bounds.Range(nameof(DeadlinesPerTurnMax), options.DeadlinesPerTurnMax, 1, 65_536);
        bounds.Range(nameof(LogRowsCached), options.LogRowsCached, 1, 4096);
        bounds.Range(nameof(AtRiskScanMax), options.AtRiskScanMax, 100, 1_000_000);
        bounds.Range(nameof(ShadowCustomersMax), options.ShadowCustomersMax, 1, 1_000_000);
        bounds.Range(nameof(ShadowTimeMax), options.ShadowTimeMax, 0.01, 1d);
        bounds.Range(nameof(AuditInterval), options.AuditInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));
        bounds.Range(nameof(NoticeQueueMax), options.NoticeQueueMax, 1, 65_536);
        bounds.Range(nameof(NoticeReadersMax), options.NoticeReadersMax, 1, 65_536);
        return
        [
            .. bounds.Problems, .. WatchOptions.Validate(options.Watch), .. LearningOptions.Validate(options.Learning),
            .. RetentionOptions.Validate(options.Retention), .. OutboxOptions.Validate(options.Outbox),
        ];
    }
}
