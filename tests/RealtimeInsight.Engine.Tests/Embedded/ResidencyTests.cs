using System.Buffers;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Embedded;

/// <summary>Customers leave memory and come back.</summary>
public sealed class ResidencyTests
{
    private const int Customers = 40;

    [Fact]
    public async Task Limit_IsKept_AndEverybodyIsStillThere()
    {
        await using var engine = await StartAsync(residentBytesMax: 20_000);
        for (var round = 0; round < 6; round++)
        {
            await engine.IngestAsync([.. Enumerable.Range(0, Customers).Select(i => Make.View(Name(i), round))]);
            await engine.SettleAsync();
            Assert.InRange(engine.Status.ResidentBytes, 0, 20_000);
        }

        Assert.Equal(Customers, engine.Status.Customers);
        Assert.InRange(engine.Status.CustomersResident, 1, Customers - 1);
        for (var i = 0; i < Customers; i++) Assert.Equal(6, (await engine.InsightAsync(Name(i)))!.Profile.Events);
    }

    [Fact]
    public async Task IdleCustomer_OnceSaved_TakesLess_AndGoesOnAsBefore()
    {
        await using var engine = await StartAsync(residentBytesMax: 0);
        for (var i = 0; i < 20; i++) await engine.IngestAsync(Make.View("anna", i));
        var active = engine.Status.ResidentBytes;
        await engine.AdvanceAsync(TimeSpan.FromHours(1));
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));
        await engine.SettleAsync();
        var idle = engine.Status.ResidentBytes;
        var seen = await engine.InsightAsync("anna");

        Assert.InRange(idle, 1, active * 2 / 3);
        Assert.Equal((20L, idle), (seen!.Profile.Events, engine.Status.ResidentBytes));

        var duplicate = await engine.IngestAsync(Make.View("anna", 5));
        await engine.IngestAsync(Make.View("anna", 62));

        Assert.Equal(1, duplicate.Duplicates);
        Assert.Equal(21, (await engine.InsightAsync("anna"))!.Profile.Events);
    }

    [Fact]
    public async Task ColdCustomer_WakesForItsDeadline_Once()
    {
        await using var engine = await StartAsync(residentBytesMax: 1);
        await engine.IngestAsync([.. Enumerable.Range(0, Customers).Select(i => Make.Add(Name(i), 0))]);
        await engine.SettleAsync();
        Assert.Equal(0, engine.Status.CustomersResident);
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        await engine.Channel.SentAsync(Customers);
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal(Customers, engine.Channel.Sent.Select(message => message.DecisionId).Distinct().Count());
        Assert.Equal(Customers, engine.Channel.Sent.Count);
        Assert.Equal((Customers, 0L), (engine.Status.CartsAbandoned, engine.Status.SessionsOpen));
    }

    [Fact]
    public async Task ColdCustomer_CounterEvent_CancelsItsDeadline()
    {
        await using var engine = await StartAsync(residentBytesMax: 1);
        await engine.IngestAsync(Make.Add("anna", 0), Make.Add("ben", 0));
        await engine.AdvanceAsync(TimeSpan.FromMinutes(30));
        await engine.IngestAsync(Make.Order("anna", 30));
        await engine.AdvanceAsync(TimeSpan.FromHours(3));
        await engine.Channel.SentAsync(1);
        Assert.Equal("ben", Assert.Single(engine.Channel.Sent).CustomerId);
    }

    [Fact]
    public async Task Reads_OfColdCustomers_FindThem()
    {
        await using var engine = await StartAsync(residentBytesMax: 1);
        await engine.IngestAsync([.. Enumerable.Range(0, Customers).Select(i => Make.Add(Name(i), 0))]);
        await engine.SettleAsync();
        var risks = await engine.Engine.GetAtRiskAsync(Customers, CancellationToken.None);
        Assert.Equal(Customers, risks.Count);
        Assert.Equal(risks.OrderByDescending(Reads.AtRiskView.Risk), risks);
        await engine.SettleAsync();
        Assert.Single((await engine.Engine.GetTimelineAsync(CustomerId.FromUser(Name(3)), 5, CancellationToken.None))!);
        Assert.Null(await engine.InsightAsync("nobody"));
    }

    [Fact]
    public async Task Restart_ReadsNoState_BeforeItIsAskedFor()
    {
        var first = await StartAsync(residentBytesMax: 0);
        await first.IngestAsync([.. Enumerable.Range(0, Customers).Select(i => Make.Add(Name(i), 0))]);
        var status = first.Status;
        await first.DisposeAsync();
        await using var second = await first.RestartAsync(next => next.Options.Shards = 3);
        Assert.Equal((Customers, 0L), (second.Status.Customers, second.Status.CustomersResident));
        Assert.Equal(
            (status.CartsOpen, status.SessionsOpen, status.DeadlinesArmed),
            (second.Status.CartsOpen, second.Status.SessionsOpen, second.Status.DeadlinesArmed));
        Assert.Equal(1, (await second.InsightAsync(Name(7)))!.Profile.Events);
        Assert.Equal(1, second.Status.CustomersResident);
        await second.AdvanceAsync(TimeSpan.FromHours(2));
        await second.Channel.SentAsync(Customers);
        Assert.Equal(Customers, second.Status.CartsAbandoned);
    }

    [Fact]
    public async Task Restart_WithOtherSpans_MovesTheDeadlinesOfColdCustomers()
    {
        var first = await StartAsync(residentBytesMax: 0);
        await first.IngestAsync(Make.Add("anna", 0));
        await first.DisposeAsync();
        await using var second = await first.RestartAsync(next =>
        {
            next.CustomerOptions.CartAtRiskAfter = TimeSpan.FromMinutes(2);
            next.CustomerOptions.CartAbandonedAfter = TimeSpan.FromMinutes(4);
        });
        await second.AdvanceAsync(TimeSpan.FromMinutes(5));
        await second.Channel.SentAsync(1);
        Assert.Equal(1, second.Status.CartsAbandoned);
    }

    [Fact]
    public async Task Reads_ThatFail_HoldTheEventsBack_UntilTheyWork()
    {
        var store = new InMemoryStore();
        await using var engine = await StartAsync(residentBytesMax: 1, store);
        await engine.IngestAsync(Make.View("anna", 0));
        await engine.SettleAsync();
        store.ReadFailure = new StoreUnavailableException("memory: I/O error");
        var ingest = engine.IngestAsync(Make.View("anna", 1));

        // Those at risk are asked for at the start of a step: after two answers the first one's step is over.
        await Assert.ThrowsAsync<StoreUnavailableException>(engine.StepAsync);
        await Assert.ThrowsAsync<StoreUnavailableException>(engine.StepAsync);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => engine.InsightAsync("anna"));
        Assert.False(ingest.IsCompleted);
        Assert.Contains("I/O error", Assert.Single(engine.Status.Problems), StringComparison.Ordinal);
        store.ReadFailure = null;
        await engine.AdvanceUntilAsync(ingest, TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, (await ingest).Accepted);
        Assert.Empty(engine.Status.Problems);
        Assert.Equal(2, (await engine.InsightAsync("anna"))!.Profile.Events);
    }

    [Fact]
    public async Task Deadlines_WhileReadsFail_FireOnceTheyWork()
    {
        var store = new InMemoryStore();
        await using var engine = await StartAsync(residentBytesMax: 1, store);
        await engine.IngestAsync(Make.Add("anna", 0), Make.Add("ben", 0));
        await engine.SettleAsync();
        store.ReadFailure = new StoreUnavailableException("memory: I/O error");
        engine.Time.Advance(TimeSpan.FromHours(2));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => engine.InsightAsync("anna"));
        store.ReadFailure = null;
        await engine.AdvanceUntilAsync(engine.Channel.SentAsync(2), TimeSpan.FromSeconds(1));
        Assert.Equal(2, engine.Status.CartsAbandoned);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(40)]
    public void Footprint_IsNearWhatAStateTakes(int events)
    {
        var machine = new CustomerMachine(new CustomerOptions());
        var effects = new EffectBuffer();
        var state = new CustomerState(CustomerId.FromUser(Name(1)));
        for (var minute = 0; minute < events; minute++) machine.Apply(state, Make.Add(Name(1), minute), effects);
        var bytes = new ArrayBufferWriter<byte>();
        CustomerStateCodec.Write(state, bytes);
        var read = CustomerStateCodec.Read(bytes.WrittenSpan);

        // A state that has just been read is all that reading it allocates.
        var taken = Allocation.Least(() => _ = CustomerStateCodec.Read(bytes.WrittenSpan));
        Assert.InRange(StateFootprint.Of(read) / (double)taken, 0.75, 1.33);
    }

    private static string Name(int customer) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"customer-{customer}");

    private static Task<EngineHarness> StartAsync(long residentBytesMax, InMemoryStore? store = null)
    {
        var harness = new EngineHarness(store);
        harness.Options.ResidentBytesMax = residentBytesMax;
        return harness.StartAsync();
    }
}
