using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Tests.Embedded;

namespace RealtimeInsight.Engine.Tests.Learning;

/// <summary>A trained order of next items beside what is learned live.</summary>
public sealed class ItemOrderTests
{
    [Fact]
    public async Task Order_Serves_AndWithoutItLiveItemsDo()
    {
        await using var engine = await New().StartAsync();
        await engine.IngestAsync(Make.Event("ada", Domain.Events.EventKind.ProductViewed, 0, "e0", "p1"));
        var alone = await RecommendAsync(engine);

        engine.Learning.Order = new FixedOrder("p9");
        var trained = await RecommendAsync(engine);
        engine.Learning.Order = null;

        Assert.Equal("p9", Assert.Single(trained!).Item);
        Assert.Equal(alone, await RecommendAsync(engine));
    }

    [Fact]
    public async Task Order_IsJudgedBeforeTheNextLook_BesideLiveItems_AtItsPace()
    {
        await using var engine = await New().StartAsync();
        engine.Learning.Order = new FixedOrder("p2");
        for (var customer = 0; customer < 4; customer++)
        {
            await LookAsync(engine, customer, 0, "p1");
            engine.Time.Advance(TimeSpan.FromSeconds(1));
            await LookAsync(engine, customer, 1, "p2");
            await LookAsync(engine, customer, 2, "p3");
        }

        // p3 comes within the pause of p2 and is not judged; live items know p2 after p1 from the second customer on.
        var figures = engine.Learning.OrderFigures;
        Assert.Equal(new NextItemFigures(4, 4, 4), figures.Trained);
        Assert.Equal((4, 3), (figures.LiveAlone.Judged, figures.LiveAlone.Hits));

        engine.Learning.Order = new FixedOrder("p3");
        Assert.Equal(default, engine.Learning.OrderFigures);
    }

    [Fact]
    public void Order_WithoutLiveItems_IsRefused()
    {
        var policy = Domain.Decisions.Policy.Parse(EngineHarness.DefaultPolicy());
        var learning = new EngineLearning(policy, new LearningOptions(), isHistory: false, TimeProvider.System);

        Assert.Throws<InvalidOperationException>(() => learning.Order = new FixedOrder("p1"));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    public void OrderJudgedPerSecond_OutOfBounds_IsNamed(int perSecond, bool isValid)
    {
        var problems = LearningOptions.Validate(new LearningOptions { OrderJudgedPerSecond = perSecond });

        Assert.Equal(isValid, problems.Count == 0);
        Assert.All(problems, problem => Assert.Contains($"OrderJudgedPerSecond is {perSecond}", problem, StringComparison.Ordinal));
    }

    private static EngineHarness New()
    {
        var engine = new EngineHarness();
        engine.Options.Shards = 1;
        engine.Options.Learning.Items.IsOn = true;
        engine.Options.Learning.OrderJudgedPerSecond = 1;
        return engine;
    }

    private static Task LookAsync(EngineHarness engine, int customer, int minute, string product) => engine.IngestAsync(
        Make.Event($"c{customer}", Domain.Events.EventKind.ProductViewed, (customer * 10) + minute, $"e{customer}-{minute}", product));

    private static Task<IReadOnlyList<LiveRecommendation>?> RecommendAsync(EngineHarness engine) =>
        engine.Engine.RecommendAsync(CustomerId.Parse("ada"), 5, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromMinutes(1));

    private sealed class FixedOrder(string item) : IItemOrder
    {
        public string Version => "1";

        public IReadOnlyList<LiveRecommendation> Recommend(
            ReadOnlySpan<uint> before, Instant newestAt, Instant earlierAt, LiveItems live, int limit) => [new(item, 1)];
    }
}
