using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Engine.Tests.Watching;
using Microsoft.Extensions.Logging.Abstractions;

namespace RealtimeInsight.Engine.Tests.Learning;

/// <summary>Variants of a rule, learned from the customers' own orders.</summary>
public sealed class VariantLearningTests
{
    private const int Customers = 60;
    private readonly MemoryWatchStore _store = new();

    [Fact]
    public async Task Outcomes_MoveThePosteriors_AndTheLogAloneGivesTheSame()
    {
        await using var engine = await New().StartAsync();
        await ServeAsync(engine, from: 0);
        await engine.AdvanceAsync(TimeSpan.FromHours(3));
        await ServeAsync(engine, from: 200);

        var learned = engine.Learning.Variants.Read();
        Assert.Equal(Customers, learned.Sum(static one => one.Given), tolerance: 3);
        Assert.InRange(learned.Sum(static one => one.Rewarded), 15, 25);
        Assert.Equal(Customers, learned.Sum(static one => one.Open));

        var batch = new EngineLearning(PolicyOf(engine), new LearningOptions(), isHistory: false, engine.Time);
        batch.CatchUp(engine.Store, long.MaxValue, NullLogger.Instance);
        AssertSame(learned, batch);
    }

    [Fact]
    public async Task Restart_GoesOnWithWhatWasLearned()
    {
        var first = await New().StartAsync();
        await ServeAsync(first, from: 0);
        await first.AdvanceAsync(TimeSpan.FromHours(3));
        await ServeAsync(first, from: 200);
        var before = first.Learning.Variants.Read();
        await first.DisposeAsync();

        await using var second = await first.RestartAsync();

        Assert.Equal(before, second.Learning.Variants.Read());
    }

    [Fact]
    public async Task Crash_AfterASave_LearnsTheRestFromTheLog()
    {
        var first = await New().StartAsync();
        await ServeAsync(first, from: 0);
        first.Engine.SaveLearned();
        await first.AdvanceAsync(TimeSpan.FromHours(3));
        await ServeAsync(first, from: 200);
        var before = first.Learning.Variants.Read();
        await first.Engine.AbortAsync().WaitAsync(TimeSpan.FromSeconds(60));

        await using var second = await first.RestartAsync();

        AssertSame(before, second.Learning);
    }

    [Fact]
    public async Task Start_OverADamagedFile_LearnsFromTheLog()
    {
        var first = await New().StartAsync();
        await ServeAsync(first, from: 0);
        var before = first.Learning.Variants.Read();
        await first.DisposeAsync();
        _store.Kept![20] ^= 1;

        await using var second = await first.RestartAsync();

        AssertSame(before, second.Learning);
    }

    [Fact]
    public async Task Reset_OutlivesACrash()
    {
        var first = await New().StartAsync();
        await ServeAsync(first, from: 0);
        await first.AdvanceAsync(TimeSpan.FromHours(3));
        first.Learning.Reset(LearnedPart.Variants);
        first.Engine.SaveLearned();
        await first.Engine.AbortAsync().WaitAsync(TimeSpan.FromSeconds(60));

        await using var second = await first.RestartAsync();

        Assert.All(second.Learning.Variants.Read(), static one => Assert.Equal((0.0, 0L), (one.Given, one.Open)));
    }

    [Fact]
    public async Task RollBack_ToAnExport_GoesBack_AndRefusesWhatIsNone()
    {
        await using var engine = await New().StartAsync();
        await ServeAsync(engine, from: 0);
        await engine.AdvanceAsync(TimeSpan.FromHours(3));
        var (export, before) = (engine.Learning.ToBytes(), engine.Learning.Variants.Read());
        await ServeAsync(engine, from: 200);
        await engine.AdvanceAsync(TimeSpan.FromHours(3));
        await ServeAsync(engine, from: 400);

        engine.Learning.RollBack(export);

        Assert.Equal(before.Select(static one => one.Posterior), engine.Learning.Variants.Read().Select(static one => one.Posterior));
        export[30] ^= 4;
        Assert.Throws<FormatException>(() => engine.Learning.RollBack(export));
        Assert.Throws<FormatException>(() => engine.Learning.RollBack([1, 2, 3]));
    }

    [Fact]
    public async Task History_ThatIsReplayed_TeachesNothing()
    {
        var engine = New();
        engine.Options.Clock = EngineClock.EventTime;
        await engine.StartAsync();
        await ServeAsync(engine, from: 0);
        await engine.RunToEndAsync();
        Assert.All(engine.Learning.Variants.Read(), static one => Assert.Equal((0.0, 0L), (one.Given, one.Open)));
        await engine.DisposeAsync();

        await using var live = await engine.RestartAsync(static next => next.Options.Clock = EngineClock.Wall);

        Assert.All(live.Learning.Variants.Read(), static one => Assert.Equal((0.0, 0L), (one.Given, one.Open)));
    }

    private EngineHarness New() => new() { Policy = Policy(), LearningStore = _store };

    private static JsonObject Policy()
    {
        var policy = EngineHarness.DefaultPolicy();
        policy["cool_down"] = "0s";
        policy["attribution_window"] = "2h";
        policy["rules"]!.AsArray()[2]!["variants"] = new JsonArray(
            new JsonObject { ["id"] = "call" }, new JsonObject { ["id"] = "mail", ["action"] = "mail" });
        policy["rules"]!.AsArray()[2]!["choose"] = new JsonObject { ["by"] = "thompson", ["reward_within"] = "1h" };
        return policy;
    }

    private static Domain.Decisions.Policy PolicyOf(EngineHarness engine) => Domain.Decisions.Policy.Parse(engine.Policy);

    /// <summary>Customers whose payment fails, of whom every third orders after it.</summary>
    private static async Task ServeAsync(EngineHarness engine, double from)
    {
        for (var i = 0; i < Customers; i++)
        {
            await engine.IngestAsync(Make.Event($"c{from}-{i}", EventKind.PaymentFailed, from, $"f{from}-{i}"));
        }

        engine.Time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < Customers; i += 3) await engine.IngestAsync(Make.Order($"c{from}-{i}", from + 1));
    }

    private static void AssertSame(IReadOnlyList<LearnedVariant> before, EngineLearning after)
    {
        foreach (var (one, other) in before.Zip(after.Variants.Read()))
        {
            Assert.Equal((one.Rule, one.Variant, one.Open), (other.Rule, other.Variant, other.Open));
            Assert.Equal(one.Posterior.Alpha, other.Posterior.Alpha, tolerance: 1e-9);
            Assert.Equal(one.Posterior.Beta, other.Posterior.Beta, tolerance: 1e-9);
            Assert.Equal(one.Probability, other.Probability, tolerance: 1e-9);
        }

        Assert.Equal(before.Count, after.Variants.Read().Count);
    }
}
