using System.Text.Json;
using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Cli.Tests.Replay;

/// <summary>Whole recorded sets through the engine, model and policy that ship.</summary>
public sealed class RealDataReplayTests : IDisposable
{
    private static readonly TimeSpan CoolDown = TimeSpan.FromHours(24);
    private static readonly TimeSpan CapWindow = TimeSpan.FromDays(7);
    private const int CapMax = 3;

    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [RealDataFact]
    public async Task Replay_RetailRocket_CountsWhatTheFileHolds()
    {
        var facts = ClickstreamFacts.Count(Path.Combine(RealData.Of("retailrocket"), "events_until_2015-09-14.csv.gz"));

        var (summary, _) = await ReplayAsync("retailrocket", limit: null);

        Assert.Equal(31_687, summary.Read);
        Assert.Equal(31_687, summary.Accepted + summary.Rejected + summary.Duplicates);
        Assert.Equal(0, summary.Rejected);
        Assert.Equal(facts.Customers, summary.Customers);
        Assert.Equal(facts.Sessions, summary.Sessions);
        Assert.Equal(facts.CartsOpened, summary.CartsOpened);
        Assert.Equal(facts.CartsConverted, summary.CartsConverted);
        Assert.Equal(facts.CartsAbandoned, summary.CartsAbandoned);
        Assert.Equal(0, summary.CartsOpen);
        Assert.Equal(summary.Accepted, summary.Scores);
        Assert.True(summary.Actions > 0, "no action");
        Assert.Equal(summary.Actions, summary.ActionsDelivered);
    }

    [RealDataFact]
    public async Task Replay_RetailRocket_EveryCustomerHasScores()
    {
        var input = Load("retailrocket", limit: null);
        await using var engine = await StartAsync("retailrocket");
        await new ReplayRunner(engine, ReplaySpeed.Max, TimeProvider.System).RunAsync(input, CancellationToken.None);

        foreach (var customer in input.Items.Select(item => item.Event!.Customer).Distinct())
        {
            var insight = await engine.Engine.GetInsightAsync(customer, CancellationToken.None);
            var scores = insight!.Scores!;
            Assert.False(scores.IsDegraded);
            Assert.InRange(scores.Churn, 0f, 1f);
            Assert.InRange(scores.Purchase, 0f, 1f);
        }
    }

    [RealDataFact]
    public async Task Replay_OnlineRetail_ActionsStayWithinTheCapsAndLeaveOnce()
    {
        var (summary, actions) = await ReplayAsync("online_retail", limit: 120_000);

        Assert.Equal(120_000, summary.Read);
        Assert.Equal(120_000, summary.Accepted + summary.Rejected + summary.Duplicates);
        Assert.True(summary.Duplicates > 0 && summary.RejectedByReason[LineCodes.MissingId] > 0);
        Assert.Equal(summary.Actions, actions.Count);
        Assert.Equal(summary.Actions, actions.Select(action => action.Id).Distinct().Count());
        foreach (var customer in actions.GroupBy(action => action.Customer))
        {
            var times = customer.Select(action => action.At).Order().ToList();
            for (var i = 1; i < times.Count; i++) Assert.True(times[i] - times[i - 1] >= CoolDown, "cool-down");
            for (var i = CapMax; i < times.Count; i++) Assert.True(times[i] - times[i - CapMax] >= CapWindow, "frequency cap");
        }
    }

    [RealDataFact]
    public async Task Replay_SameLinesIntoAnotherFolder_HasTheSameSummary()
    {
        var (first, firstActions) = await ReplayAsync("retailrocket", limit: 8_000);
        using var other = new DataFolder();

        var (second, secondActions) = await ReplayAsync("retailrocket", limit: 8_000, other);

        Assert.Equal(Comparable(first), Comparable(second));
        Assert.Equal(firstActions.Order(), secondActions.Order());
    }

    private static string Comparable(ReplaySummary summary) =>
        (summary with { Seconds = 0, SecondsReading = 0, EventsPerSecond = 0 }).ToJson();

    private async Task<(ReplaySummary Summary, IReadOnlyList<SentAction> Actions)> ReplayAsync(
        string set, int? limit, DataFolder? folder = null)
    {
        var input = Load(set, limit);
        ReplaySummary summary;
        await using (var engine = await StartAsync(set, folder))
        {
            var runner = new ReplayRunner(engine, ReplaySpeed.Max, TimeProvider.System);
            await runner.RunAsync(input, CancellationToken.None);
            summary = ReplaySummary.Of(EventFormats.Get(set), input, runner, engine, TimeSpan.Zero, TimeSpan.Zero);
        }

        return (summary, SentAction.Read(Path.Combine((folder ?? _data).Path, "actions.jsonl")));
    }

    private static ReplayInput Load(string set, int? limit) =>
        ReplayInput.Load(EventFormats.Get(set), RealData.Of(set), limit, CancellationToken.None);

    private Task<IReplayEngine> StartAsync(string set, DataFolder? folder = null) => ComposedReplayEngine.StartAsync(
        new ReplaySettings { Format = set, Data = RealData.Of(set) }, (folder ?? _data).Path, TimeProvider.System, CancellationToken.None);

    private sealed record SentAction(string Id, CustomerId Customer, DateTimeOffset At) : IComparable<SentAction>
    {
        public int CompareTo(SentAction? other) => string.CompareOrdinal(Id, other?.Id);

        public static IReadOnlyList<SentAction> Read(string file) =>
        [
            .. File.ReadLines(file).Select(line =>
            {
                using var action = JsonDocument.Parse(line);
                var root = action.RootElement;
                return new SentAction(
                    root.GetProperty("id").GetString()!,
                    CustomerId.Parse(root.GetProperty("subject").GetString()!),
                    root.GetProperty("time").GetDateTimeOffset());
            }),
        ];
    }
}
