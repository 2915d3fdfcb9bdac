using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Cli.Bench;

/// <summary>A store that keeps nothing: what remains is the engine itself.</summary>
internal sealed class DiscardingStore : IEngineStore
{
    public string Name => "nothing";

    public StoreHead Open() => new(0, 0, 0);

    public void Commit(CommitGroup group)
    {
    }

    public IEnumerable<LogRow> ReadLog(long fromOffset) => [];

    public LogRow? FindRow(long offset) => null;

    public bool ContainsEvent(ulong hash, Instant from, Instant to) => false;

    public IEnumerable<SegmentIndex> ReadIndexes() => [];

    public void ReadPages(IReadOnlyList<StatePageName> pages, StatePageReader read) =>
        throw new NotSupportedException("nothing is kept here: run the engine without a limit of memory");

    public IEnumerable<StateSegmentV1> ReadSegmentsV1() => [];

    public IEnumerable<AliasRow> ReadAliases() => [];

    public DecisionRow? FindDecision(string decisionId) => null;

    public DecisionProgress FindProgress(string decisionId) => new(null, null, 0);

    public IReadOnlyList<DeliveryAttempt> ReadAttempts(string decisionId) => [];

    public IReadOnlyList<OutboxRow> ReadDueOutbox(string channel, Instant now, int limit) => [];

    public Instant NextOutboxDue(string channel) => Instant.Never;

    public OutboxCounts CountOutbox() => new(0, 0, 0);

    public IReadOnlyList<DeadLetter> ReadDeadLetters(DeadLetterFilter filter, DeadLetterPosition? after, int limit) => [];

    public OutboxEntry? FindOutbox(string decisionId) => null;

    public IReadOnlyList<EndpointRow> ReadEndpoints() => [];

    public IReadOnlyList<KeptReject> ReadRejects(RejectFilter filter, long before, int limit) => [];

    public KeptReject? FindReject(long id) => null;

    public Instant NewestEventTime() => Instant.None;

    public long FindOldRows(long from, Instant before, long below, int rowsMax) => from;

    public IReadOnlyList<string> ReadOldDecisions(Instant before, int limit) => [];

    public IReadOnlyList<SettledAction> ReadSettled(Instant before, int limit) => [];

    public IReadOnlyList<EraseRow> ReadErased() => [];

    public IReadOnlyList<long> FindRejects(IReadOnlyList<string> names) => [];

    public long CountFreePages() => 0;

    public void Dispose()
    {
    }
}
