using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Customers;

public sealed class DormancyTests
{
    private static readonly EffectKind[] DormancyEffects = [EffectKind.DormancyReached, EffectKind.Reactivated];

    [Theory]
    [InlineData("browse; wait 6d+23h", "", 0)]
    [InlineData("browse; wait 7d", "dormancy_reached#1@10080m", 1)]
    [InlineData("browse; wait 30d", "dormancy_reached#1@10080m dormancy_reached#2@43200m", 2)]
    [InlineData("browse; wait 900d", "dormancy_reached#1@10080m dormancy_reached#2@43200m dormancy_reached#3@129600m", 3)]
    [InlineData("browse; wait 6d; browse; wait 6d; browse", "", 0)]
    [InlineData("browse; wait 8d; browse", "dormancy_reached#1@10080m reactivated#1@11520m", 0)]
    [InlineData("browse; wait 31d; browse", "dormancy_reached#1@10080m dormancy_reached#2@43200m reactivated#2@44640m", 0)]
    [InlineData("browse; wait 8d; browse; wait 7d", "dormancy_reached#1@10080m reactivated#1@11520m dormancy_reached#1@21600m", 1)]
    [InlineData("browse; wait 8d; identify; message_opened; service_message", "dormancy_reached#1@10080m", 1)]
    [InlineData("browse; wait 3d; identify; wait 4d", "dormancy_reached#1@10080m", 1)]
    [InlineData("identify; wait 900d", "", 0)]
    public void Dormancy_IsReachedByInactivity_AndEndsWithActivity(string script, string effects, int level)
    {
        var scenario = Scenario.Of(script);
        Assert.Equal(effects, scenario.EffectTimes(DormancyEffects));
        Assert.Equal(level, scenario.State.DormancyLevel);
    }

    [Fact]
    public void Apply_AfterALongAbsence_FiresWhatWasDueAtItsDueTimes()
    {
        var scenario = Scenario.Of("add a");
        scenario.Apply(Make.Event(EventKind.PageViewed, Make.Start + Make.Span("40d"), "back"));

        Assert.Equal(
        [
            (EffectKind.SessionStarted, "0"), (EffectKind.CartOpened, "0"), (EffectKind.CartAtRisk, "15m"),
            (EffectKind.SessionEnded, "30m"),
            (EffectKind.CartAbandoned, "1h"), (EffectKind.DormancyReached, "7d"), (EffectKind.DormancyReached, "30d"),
            (EffectKind.SessionStarted, "40d"), (EffectKind.Reactivated, "40d"),
        ],
            scenario.Effects.Span.ToArray().Select(static effect => (effect.Kind, Since(effect.At))));

        static string Since(Instant at) => (at - Make.Start) switch
        {
            { Ticks: 0 } => "0",
            { TotalDays: >= 1 } span => $"{span.TotalDays}d",
            { TotalHours: >= 1 } span => $"{span.TotalHours}h",
            var span => $"{span.TotalMinutes}m",
        };
    }

    [Fact]
    public void Options_OtherLevels_AreUsed()
    {
        var options = new CustomerOptions { DormancyLevels = [TimeSpan.FromHours(1), TimeSpan.FromHours(2)] };
        var scenario = new Scenario(options).Do("browse; wait 1d");
        Assert.Equal("dormancy_reached#1@60m dormancy_reached#2@120m", scenario.EffectTimes(DormancyEffects));
        Assert.Equal(Instant.Never, scenario.Machine.NextDeadline(scenario.State));
    }

    [Fact]
    public void NextDeadline_NamesTheNearest()
    {
        var scenario = Scenario.Of("add a");
        foreach (var due in new[] { "15m", "30m", "1h", "7d", "30d", "90d" })
        {
            Assert.Equal(Make.Start + Make.Span(due), scenario.Machine.NextDeadline(scenario.State));
            scenario.WaitUntil(Make.Start + Make.Span(due));
        }

        Assert.Equal(Instant.Never, scenario.Machine.NextDeadline(scenario.State));
    }
}
