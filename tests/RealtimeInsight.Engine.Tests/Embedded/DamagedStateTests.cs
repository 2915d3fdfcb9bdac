using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Embedded;

/// <summary>Bytes of saved states and of the log are changed under an engine whose customers are not in memory.</summary>
public sealed class DamagedStateTests : IDisposable
{
    private const int LengthAt = 1;
    private const int ChecksumAt = 5;
    private const int HashAt = 9;
    private const int BodyAt = 40;
    private readonly InMemoryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData(LengthAt)]
    [InlineData(ChecksumAt)]
    [InlineData(HashAt)]
    [InlineData(BodyAt)]
    public async Task Query_OfADamagedState_FindsTheCustomerMadeAnewFromTheLog(int at)
    {
        await using var engine = await LivedAsync();
        var (insight, bytes) = ((await engine.InsightAsync("anna"))!, SavedStates.Describe(_store));
        await engine.SettleAsync();
        Assert.Equal(0, engine.Status.CustomersResident);
        Flip(at);

        InsightAssert.Same(insight, (await engine.InsightAsync("anna"))!);

        Assert.NotNull(await engine.InsightAsync("ben"));
        Assert.Equal((2L, 0L), (engine.Status.CustomersRebuilt, engine.Status.CustomersLost));
        Assert.Empty(engine.Status.Problems);
        await engine.SettleAsync();
        Assert.Equal(bytes, SavedStates.Describe(_store));
        _ = await engine.InsightAsync("anna");
        Assert.Equal(2, engine.Status.CustomersRebuilt);
    }

    [Fact]
    public async Task Event_OfADamagedState_IsApplied_AndASecondOneIsADuplicate()
    {
        await using var engine = await LivedAsync();
        var events = (await engine.InsightAsync("anna"))!.Profile.Events;
        await engine.SettleAsync();
        Flip(BodyAt);

        var result = await engine.IngestAsync(Make.View("anna", 150), Make.View("anna", 0), Make.View("ben", 150));

        Assert.Equal((2, 1), (result.Accepted, result.Duplicates));
        Assert.Equal(events + 1, (await engine.InsightAsync("anna"))!.Profile.Events);
    }

    [Fact]
    public async Task Deadline_OfADamagedState_FiresOnce_AndThoseThatFiredDoNotFireAgain()
    {
        await using var engine = await StartAsync();
        await engine.IngestAsync(Make.Add("anna", 0), Make.Add("ben", 0));
        await engine.AdvanceAsync(TimeSpan.FromMinutes(45));
        Flip(BodyAt);
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        await engine.Channel.SentAsync(2);
        Flip(BodyAt);
        await engine.AdvanceAsync(TimeSpan.FromHours(2));

        Assert.NotNull(await engine.InsightAsync("anna"));
        Assert.NotNull(await engine.InsightAsync("ben"));
        Assert.Equal(4, engine.Status.CustomersRebuilt);
        Assert.Equal(2, engine.Channel.Sent.Count);
        Assert.Equal((2L, 0L, 0L), (engine.Status.CartsAbandoned, engine.Status.SessionsOpen, engine.Status.CartsAtRisk));
    }

    [Fact]
    public async Task Start_OnADamagedState_MakesItAnew_ThenReplaysWhatCameAfter()
    {
        var engine = await LivedAsync();
        engine.Options.ResidentBytesMax = 0;
        await engine.DisposeAsync();
        var warm = await engine.RestartAsync();
        await warm.IngestAsync(Make.View("anna", 150), Make.View("anna", 149));
        var insight = (await warm.InsightAsync("anna"))!;
        await warm.Engine.AbortAsync();
        Flip(BodyAt);

        await using var next = await warm.RestartAsync();

        InsightAssert.Same(insight, (await next.InsightAsync("anna"))!);
        Assert.Equal(1, next.Status.CustomersRebuilt);
    }

    [Fact]
    public async Task DamagedStateAndLog_LoseThatCustomerOnly()
    {
        await using var first = await LivedAsync();
        await first.DisposeAsync();
        DamageLogOf("anna");
        Flip(BodyAt);
        await using var engine = await first.RestartAsync();

        var result = await engine.IngestAsync(Make.View("anna", 150), Make.View("ben", 150), Make.View("carl", 150));

        Assert.Equal([EventOutcome.Unreadable, EventOutcome.Accepted, EventOutcome.Accepted], result.Outcomes);
        Assert.Equal((2, 1), (result.Accepted, result.Unreadable));
        var damage = await Assert.ThrowsAsync<StoreCorruptException>(() => engine.InsightAsync("anna"));
        Assert.Contains("log row at offset", damage.Message, StringComparison.Ordinal);
        Assert.NotNull(await engine.InsightAsync("ben"));
        var status = engine.Status;
        Assert.Equal((true, 1L, 1L), (status.IsReady, status.CustomersLost, status.CustomersRebuilt));
        var problem = Assert.Single(status.Problems);
        Assert.StartsWith("1 customers cannot be read", problem, StringComparison.Ordinal);
        Assert.Contains("memory: the state at byte", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("anna", problem, StringComparison.Ordinal);
        var reject = Assert.Single(_store.ReadRejects(new RejectFilter { Code = "customer_unreadable" }, long.MaxValue, 10));
        Assert.Contains("anna", reject.Item.Payload, StringComparison.Ordinal);
        Assert.Equal(2, (await engine.Engine.GetAtRiskAsync(10, CancellationToken.None)).Count);
        await engine.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Equal(1, (await engine.IngestAsync(Make.View("ben", 200))).Accepted);
    }

    [Fact]
    public async Task Start_WithRecordsOfALostCustomer_GoesOnWithoutIt()
    {
        await using var first = await LivedAsync();
        first.Options.ResidentBytesMax = 0;
        await first.DisposeAsync();
        await using var warm = await first.RestartAsync();
        await warm.IngestAsync(Make.View("anna", 150), Make.View("ben", 150));
        await warm.Engine.AbortAsync();
        DamageLogOf("anna");
        Flip(BodyAt);

        await using var engine = await warm.RestartAsync();

        Assert.Equal((1L, 1L), (engine.Status.CustomersLost, engine.Status.CustomersRebuilt));
        Assert.NotNull(await engine.InsightAsync("ben"));
        Assert.Equal(1, (await engine.IngestAsync(Make.View("anna", 151))).Unreadable);
    }

    [Fact]
    public async Task LateEvent_WhoseHistoryIsDamaged_IsTakenInAtItsEnd_AndCounted()
    {
        await using var first = await LivedAsync();
        await first.DisposeAsync();
        DamageLogOf("anna");
        await using var engine = await first.RestartAsync();

        Assert.Equal(1, (await engine.IngestAsync(Make.View("anna", 1))).Accepted);

        Assert.Contains("log row at offset", Assert.Single(engine.Status.Problems), StringComparison.Ordinal);
        Assert.True(engine.Status.IsReady);
        var insight = (await engine.InsightAsync("anna"))!;
        await engine.Engine.AbortAsync();
        await using var again = await engine.RestartAsync();
        InsightAssert.Same(insight, (await again.InsightAsync("anna"))!);
    }

    [Fact]
    public async Task History_LongerThanTheLimit_IsNotMadeAnew()
    {
        await using var engine = await LivedAsync(harness => harness.Options.RebuildRecordsMax = 2);
        Flip(BodyAt);
        await Assert.ThrowsAsync<StoreCorruptException>(() => engine.InsightAsync("anna"));
        Assert.Contains("Engine:RebuildRecordsMax", Assert.Single(engine.Status.Problems), StringComparison.Ordinal);
    }

    /// <summary>Two customers with late events, a decision and its outcome behind them, out of memory.</summary>
    private async Task<EngineHarness> LivedAsync(Action<EngineHarness>? change = null)
    {
        var engine = await StartAsync(change);
        await engine.IngestAsync(Make.View("anna", 0), Make.Add("anna", 5), Make.View("ben", 0));
        await engine.IngestAsync(Make.View("anna", 3), Make.View("ben", 4));
        await engine.AdvanceAsync(TimeSpan.FromMinutes(100));
        await engine.Channel.SentAsync(1);
        await engine.IngestAsync(Make.Order("anna", 101));
        await engine.SettleAsync();
        return engine;
    }

    private Task<EngineHarness> StartAsync(Action<EngineHarness>? change = null)
    {
        var harness = new EngineHarness(_store);
        harness.Options.ResidentBytesMax = 1;
        change?.Invoke(harness);
        return harness.StartAsync();
    }

    private void Flip(int at) => _store.DamageStates(page => page[at] ^= 0x10);

    /// <summary>The customer's first event is in a damaged row from now on.</summary>
    private void DamageLogOf(string customer)
    {
        var rows = _store.Rows();
        var index = Enumerable.Range(0, rows.Count).First(i => Holds(rows[i], customer));
        _store.Damage(index, row =>
        {
            var body = row.Body.ToArray();
            body[^1] ^= 1;
            return row with { Body = body };
        });
    }

    private static bool Holds(LogRow row, string customer)
    {
        var reader = new LogRecordReader(row.Body.Span, "memory");
        var hash = CustomerId.FromUser(customer).StableHash;
        while (reader.TryRead(out var record))
        {
            if (record.CustomerHash == hash) return true;
        }

        return false;
    }
}
