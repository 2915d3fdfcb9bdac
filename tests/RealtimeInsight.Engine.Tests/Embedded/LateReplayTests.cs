using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Tests.Embedded;

public sealed class LateReplayTests
{
    [Fact]
    public async Task LateEvent_TakenIn_GivesTheStateOfTheOrderedHistory_AlsoAfterACrash()
    {
        await using var ordered = await new EngineHarness().StartAsync();
        await using var late = await new EngineHarness().StartAsync();
        var old = Make.Add("anna", -40 * 60);
        await ordered.IngestAsync(old, Make.View("anna", -1));
        await late.IngestAsync(Make.View("anna", -1));
        Assert.Equal([EventOutcome.Late], (await IngestAsync(late, old, LateRule.LeaveOut)).Outcomes);
        Assert.Empty(await RejectsAsync(late));
        Assert.Equal([EventOutcome.Late], (await IngestAsync(late, old, LateRule.KeepAside)).Outcomes);
        Assert.Single(await RejectsAsync(late));

        Assert.Equal([EventOutcome.Accepted], (await IngestAsync(late, old, LateRule.TakeIn)).Outcomes);
        Assert.Equal([EventOutcome.Duplicate], (await IngestAsync(late, old, LateRule.TakeIn)).Outcomes);
        await ordered.SettleAsync();
        await late.SettleAsync();
        InsightAssert.Same((await ordered.InsightAsync("anna"))!, (await late.InsightAsync("anna"))!);
        await late.Engine.AbortAsync();
        await using var again = await late.RestartAsync();
        InsightAssert.Same((await ordered.InsightAsync("anna"))!, (await again.InsightAsync("anna"))!);
    }

    private static async Task<IngestResult> IngestAsync(EngineHarness engine, CustomerEvent item, LateRule rule) =>
        await engine.Engine.IngestAsync(new IngestBatch([item], []) { Late = rule }, CancellationToken.None);

    private static async Task<IReadOnlyList<KeptReject>> RejectsAsync(EngineHarness engine) =>
        await engine.Engine.Rejects.ListAsync(new RejectFilter(Code: "late"), 10, null, CancellationToken.None);
}
