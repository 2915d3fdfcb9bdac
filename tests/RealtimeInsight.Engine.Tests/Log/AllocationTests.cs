using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Identity;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Tests.Embedded;

namespace RealtimeInsight.Engine.Tests.Log;

/// <summary>What a batch and a turn allocate, whatever the number of their events.</summary>
public sealed class AllocationTests
{
    private const int Events = 512;
    private static readonly CustomerEvent[] s_events =
        [.. Enumerable.Range(0, Events).Select(static i => Make.View($"customer-{i % 100}", i, $"message-{i}"))];

    [Fact]
    public void LogUnit_OfATurn_AllocatesItsRowOnly()
    {
        var pool = new LogUnitPool();
        Make(pool);

        // The row, once without and once with its checksum.
        Assert.InRange(Allocation.Least(() => Make(pool)), 0, 256);

        static void Make(LogUnitPool pool)
        {
            var unit = pool.Rent();
            foreach (var item in s_events) unit.AddEvent(item.Customer.StableHash, LogUnit.NoPrevious, item);
            unit.Close();
            unit.Seal(0);
            _ = unit.ToRow();
            unit.Release();
        }
    }

    [Fact]
    public void Split_OfABatch_AllocatesLessThanTwoBytesAnEvent_BesideItsOutcomes()
    {
        var batch = new IngestBatch(s_events, []);
        var router = new BatchRouter(shards: 2, eventsMax: 256, new AliasMap(), new LinkFilter());
        Split(router, batch);

        Assert.InRange(Allocation.Least(() => Split(router, batch)), Events, 3 * Events);

        static void Split(BatchRouter router, IngestBatch batch)
        {
            var plan = router.Plan(new IngestTicket(batch, 0));
            foreach (var (_, part) in router.Split(plan, 0, plan.Count, batch.Rejects)) part.Release();
            plan.Release();
        }
    }
}
