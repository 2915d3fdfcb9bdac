namespace RealtimeInsight.Orleans;

/// <summary>
/// Settings of the customer grains. Every list, batch and wait has its limit here; <see cref="Validate"/> holds the bounds.
/// </summary>
public sealed class CustomerGrainOptions
{
    /// <summary>A changed customer is saved when its oldest unsaved change is this old. Default 5 s; 10 ms to 10 minutes.</summary>
    public TimeSpan SaveAgeMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Events that a customer may have unsaved. Default 100; 1 to 10,000.</summary>
    public int SaveEventsMax { get; set; } = 100;

    /// <summary>Wait before a failed save is tried again. Default 1 s; 10 ms to 10 minutes.</summary>
    public TimeSpan SaveRetryWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Events in one call; larger batches are refused. Default 1,000; 1 to 100,000.</summary>
    public int BatchEventsMax { get; set; } = 1000;

    /// <summary>Partitions that one customer's events may come from; more are refused. Default 16; 1 to 1,024.</summary>
    public int PartitionsMax { get; set; } = 16;

    /// <summary>
    /// Bytes of events (about 130 each) that are kept with a customer, to be folded again: for an event that comes out of order, when two
    /// customers are merged, and to part them. The events of a longer history are not kept: it takes late events in at its end, is joined
    /// by its state, and cannot be parted. Default 64 KiB; 0 (none) to 1 MiB.
    /// </summary>
    public int HistoryBytesMax { get; set; } = 64 << 10;

    /// <summary>
    /// Whether a visitor's history becomes the customer's when an event names both. Default true; requests to merge work in either case.
    /// </summary>
    public bool MergeAutomatically { get; set; } = true;

    /// <summary>
    /// How long ago something may have happened and still be decided about: deadlines of a long downtime change the customer, and nobody is
    /// sent anything. Default 24 h; 1 minute to 3,650 days.
    /// </summary>
    public TimeSpan DecideWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Decision records kept for "why"; the oldest goes. Default 16; 1 to 256.</summary>
    public int DecisionRecordsMax { get; set; } = 16;

    /// <summary>Outcomes and merges kept for the timeline; the oldest goes. Default 32; 0 to 256.</summary>
    public int TimelineNotesMax { get; set; } = 32;

    /// <summary>Actions waiting for delivery; a further one is dead at once, and logged. Default 64; 1 to 1,024.</summary>
    public int PendingActionsMax { get; set; } = 64;

    /// <summary>Longest wait for a score; the event then counts as not scored. Default 250 ms; 1 ms to 1 minute.</summary>
    public TimeSpan ScoreTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Attempts at one delivery, after which it is dead. Default 10; 1 to 100.</summary>
    public int DeliveryAttemptsMax { get; set; } = 10;

    /// <summary>
    /// Wait before the second attempt; doubles with each, up to <see cref="DeliveryWaitMax"/>. Default 5 s; 1 ms to 1 hour.
    /// </summary>
    public TimeSpan DeliveryWaitMin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait between attempts. Default 1 hour; at least <see cref="DeliveryWaitMin"/>, at most 24 hours.</summary>
    public TimeSpan DeliveryWaitMax { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Actions of one customer that were given up and are kept; the oldest goes, and is logged. Default 32; 1 to 1,024.</summary>
    public int DeadLettersMax { get; set; } = 32;

    /// <summary>
    /// Parts of the cluster's list of dead letters. The same on every silo; may grow while the cluster is stopped, and never shrink.
    /// Default 16; 1 to 1,024.
    /// </summary>
    public int DeadLetterShares { get; set; } = 16;

    /// <summary>
    /// Dead letters that one part lists; older ones go from the list, are counted, and are still found by their decision. Default 1,000; 10
    /// to 2,000.
    /// </summary>
    public int DeadLettersListedMax { get; set; } = 1000;

    /// <summary>Failed attempts in a row after which a silo pauses an endpoint. Default 5; 1 to 1,000.</summary>
    public int CircuitFailures { get; set; } = 5;

    /// <summary>First pause of an endpoint; doubles with every further failure. Default 5 s; 100 ms to 1 hour.</summary>
    public TimeSpan CircuitWaitMin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Longest pause of an endpoint, for its failures or at its wish. Default 5 minutes; at least <see cref="CircuitWaitMin"/>, at most
    /// 24 hours.
    /// </summary>
    public TimeSpan CircuitWaitMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Parts of the index that calls customers whose deadlines are due. The same on every silo; may grow while the cluster is stopped, and
    /// never shrink. Default 32; 1 to 4,096.
    /// </summary>
    public int DeadlineBuckets { get; set; } = 32;

    /// <summary>How often the index looks for deadlines that are due. Default 250 ms; 10 ms to 1 s.</summary>
    public TimeSpan DeadlineTick { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Customers that one part of the index calls at once. Default 64; 1 to 1,024.</summary>
    public int DeadlineWakesMax { get; set; } = 64;

    /// <summary>Units of a campaign's budget that a silo leases at once. Default 64; 1 to 1,000,000.</summary>
    public int BudgetBlock { get; set; } = 64;

    /// <summary>After a budget had not enough left, how long a silo takes it for spent. Default 1 s; 10 ms to 1 minute.</summary>
    public TimeSpan BudgetAskAgain { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Products that a silo gathers news of for a second; those of further ones are dropped, and logged. Default 10,000; 0 (none) to
    /// 1,000,000.
    /// </summary>
    public int ProductsPendingMax { get; set; } = 10_000;

    /// <summary>
    /// Decisions with variants, and their outcomes, that a silo keeps until the cluster has learned from them; further ones are dropped,
    /// and logged. Default 100,000; 1,000 to 10,000,000.
    /// </summary>
    public int VariantsPendingMax { get; set; } = 100_000;

    /// <summary>
    /// Parts of the list of customers at risk. The same on every silo; may be changed while the cluster is stopped. Default 16; 1 to 1,024.
    /// </summary>
    public int AtRiskShares { get; set; } = 16;

    /// <summary>Customers that one part lists, those most at risk. Default 500; 10 to 2,000.</summary>
    public int AtRiskListedMax { get; set; } = 500;

    /// <summary>
    /// Customers with an open session or cart that a silo remembers for that list, about 400 bytes each; of further ones it tells once, and
    /// of more changes within a second not at all, which is logged. Default 100,000; 1,000 to 1,000,000.
    /// </summary>
    public int AtRiskHeldMax { get; set; } = 100_000;

    /// <summary>
    /// Live notices that a silo gathers within a second, and that wait for one slow reader; the oldest go. Default 1,024; 1 to 65,536.
    /// </summary>
    public int NoticeQueueMax { get; set; } = 1024;

    /// <summary>Readers who follow the live notices of the cluster at a time; further ones are refused. Default 64; 1 to 1,024.</summary>
    public int NoticeReadersMax { get; set; } = 64;

    /// <summary>
    /// Parts that rejects are kept in. The same on every silo; may grow while the cluster is stopped, and never shrink. Default 64; 1 to
    /// 1,024.
    /// </summary>
    public int RejectShares { get; set; } = 64;

    /// <summary>
    /// Bytes of rejects in one part, which is one write; the oldest go. A reject may have a quarter of it, the rest of its payload is cut
    /// off. Default 128 KiB; 16 KiB to 512 KiB.
    /// </summary>
    public int RejectBytesMax { get; set; } = 128 << 10;

    /// <summary>Drift is of the last one to two of these, in event time. Default 1 day; 1 minute to 365 days.</summary>
    public TimeSpan DriftWindow { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How late an event may come and still count as traffic; loaded history does not. Default 1 hour; 0 to 7 days.</summary>
    public TimeSpan DriftAgeMax { get; set; } = TimeSpan.FromHours(1);

    /// <summary>CloudEvents <c>source</c> of the actions. Default <c>/realtime-insight</c>.</summary>
    public string Source { get; set; } = "/realtime-insight";

    /// <summary>All violations of the bounds, each naming option, value and rule; empty when valid.</summary>
    public static IReadOnlyList<string> Validate(CustomerGrainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        Range(problems, nameof(SaveAgeMax), options.SaveAgeMax, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10));
        Range(problems, nameof(SaveEventsMax), options.SaveEventsMax, 1, 10_000);
        Range(problems, nameof(SaveRetryWait), options.SaveRetryWait, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10));
        Range(problems, nameof(BatchEventsMax), options.BatchEventsMax, 1, 100_000);
        Range(problems, nameof(PartitionsMax), options.PartitionsMax, 1, 1024);
        Range(problems, nameof(HistoryBytesMax), options.HistoryBytesMax, 0, 1 << 20);
        Range(problems, nameof(DecideWithin), options.DecideWithin, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650));
        Range(problems, nameof(DecisionRecordsMax), options.DecisionRecordsMax, 1, 256);
        Range(problems, nameof(TimelineNotesMax), options.TimelineNotesMax, 0, 256);
        Range(problems, nameof(PendingActionsMax), options.PendingActionsMax, 1, 1024);
        Range(problems, nameof(ScoreTimeout), options.ScoreTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Range(problems, nameof(DeliveryAttemptsMax), options.DeliveryAttemptsMax, 1, 100);
        Range(problems, nameof(DeliveryWaitMin), options.DeliveryWaitMin, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        Range(problems, nameof(DeliveryWaitMax), options.DeliveryWaitMax, options.DeliveryWaitMin, TimeSpan.FromHours(24));
        Range(problems, nameof(DeadLettersMax), options.DeadLettersMax, 1, 1024);
        Range(problems, nameof(DeadLetterShares), options.DeadLetterShares, 1, 1024);
        Range(problems, nameof(DeadLettersListedMax), options.DeadLettersListedMax, 10, 2000);
        Range(problems, nameof(CircuitFailures), options.CircuitFailures, 1, 1000);
        Range(problems, nameof(CircuitWaitMin), options.CircuitWaitMin, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        Range(problems, nameof(CircuitWaitMax), options.CircuitWaitMax, options.CircuitWaitMin, TimeSpan.FromHours(24));
        Range(problems, nameof(DeadlineBuckets), options.DeadlineBuckets, 1, 4096);
        Range(problems, nameof(DeadlineTick), options.DeadlineTick, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));
        Range(problems, nameof(DeadlineWakesMax), options.DeadlineWakesMax, 1, 1024);
        Range(problems, nameof(BudgetBlock), options.BudgetBlock, 1, 1_000_000);
        Range(problems, nameof(BudgetAskAgain), options.BudgetAskAgain, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Range(problems, nameof(ProductsPendingMax), options.ProductsPendingMax, 0, 1_000_000);
        Range(problems, nameof(VariantsPendingMax), options.VariantsPendingMax, 1_000, 10_000_000);
        Range(problems, nameof(AtRiskShares), options.AtRiskShares, 1, 1024);
        Range(problems, nameof(AtRiskListedMax), options.AtRiskListedMax, 10, 2000);
        Range(problems, nameof(AtRiskHeldMax), options.AtRiskHeldMax, 1000, 1_000_000);
        Range(problems, nameof(NoticeQueueMax), options.NoticeQueueMax, 1, 65_536);
        Range(problems, nameof(NoticeReadersMax), options.NoticeReadersMax, 1, 1024);
        Range(problems, nameof(RejectShares), options.RejectShares, 1, Rejects.RejectIds.SharesMax);
        Range(problems, nameof(RejectBytesMax), options.RejectBytesMax, 16 << 10, 512 << 10);
        Range(problems, nameof(DriftWindow), options.DriftWindow, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        Range(problems, nameof(DriftAgeMax), options.DriftAgeMax, TimeSpan.Zero, TimeSpan.FromDays(7));
        if (string.IsNullOrWhiteSpace(options.Source)) problems.Add("Source is empty; name a URI reference");
        return problems;
    }

    private static void Range<T>(List<string> problems, string name, T value, T min, T max)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0) problems.Add($"{name} is {value}, {min} to {max} is allowed");
    }
}
