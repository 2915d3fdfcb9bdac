using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Customers;

public sealed class AdmissionTests
{
    [Fact]
    public void Admit_ARepeatedEvent_IsADuplicateInTheWindowAndBeyondWindowAfterIt()
    {
        Law.Holds(60, static seed =>
        {
            var random = new Random(seed);
            var options = new CustomerOptions { EventIdsMax = 16 + random.Next(100) };
            var machine = new CustomerMachine(options);
            var events = History.Of(seed, 300);
            var state = new CustomerState(Make.Ada);
            var effects = new EffectBuffer();
            for (var i = 0; i < events.Count; i++)
            {
                // An event at the very moment up to which ids were dropped may be one of them.
                Assert.True(machine.Admit(state, events[i]) is Admission.New or Admission.BeyondWindow);
                machine.Apply(state, events[i], effects);
                if (random.Next(6) == 0) state = Fold.Copy(state);
                var kept = state.EventIds.Count;
                Assert.InRange(kept, 1, options.EventIdsMax);
                for (var back = 0; back <= i; back++)
                {
                    Assert.Equal(back < kept ? Admission.Duplicate : Admission.BeyondWindow, machine.Admit(state, events[i - back]));
                }
            }
        });
    }

    [Fact]
    public void Admit_ANewEvent_LaterThanTheNewest_IsNewHoweverManyIdsWereDropped()
    {
        var machine = new CustomerMachine(new CustomerOptions { EventIdsMax = 16 });
        var state = new CustomerState(Make.Ada);
        for (var i = 0; i < 1_000; i++)
        {
            var item = Make.Event(EventKind.PageViewed, Make.Start + TimeSpan.FromSeconds(i), $"{i}");
            Assert.Equal(Admission.New, machine.Admit(state, item));
            machine.Apply(state, item, new EffectBuffer());
        }
    }

    [Fact]
    public void Admit_OlderThanTheNewestEventOrDeadline_IsOutOfOrder()
    {
        var scenario = Scenario.Of("view a; wait 10m; view b");
        Assert.Equal(Admission.OutOfOrder, Admit(scenario, "9m"));
        Assert.Equal(Admission.New, Admit(scenario, "10m"));

        scenario.Do("wait 30m");
        Assert.Equal(Admission.OutOfOrder, Admit(scenario, "39m"));
        Assert.Equal(Admission.New, Admit(scenario, "40m"));

        static Admission Admit(Scenario scenario, string after) =>
            scenario.Machine.Admit(scenario.State, Make.Event(EventKind.PageViewed, Make.Start + Make.Span(after), "other"));
    }

    [Fact]
    public void Admit_AnOldUnknownEvent_AfterIdsWereDropped_AsksTheLog()
    {
        var machine = new CustomerMachine(new CustomerOptions { EventIdsMax = 16 });
        var state = Fold.Plain(
            Enumerable.Range(0, 17).Select(i => Make.Event(EventKind.PageViewed, Make.Start + TimeSpan.FromSeconds(i), $"{i}")),
            machine: machine);

        Assert.Equal(Admission.BeyondWindow, machine.Admit(state, Make.Event(EventKind.PageViewed, Make.Start, "never seen")));
        Assert.Equal(Make.Start + TimeSpan.FromSeconds(16), state.EventIds.DroppedUpTo);
    }

    [Fact]
    public void SessionEnd_KeepsTheNewestIdsOnly()
    {
        var events = Enumerable.Range(0, 200).Select(i => Make.Event(EventKind.PageViewed, Make.Start, $"{i}")).ToList();
        var state = Fold.Plain(events);
        Assert.Equal(200, state.EventIds.Count);
        Fold.Machine.AdvanceTo(state, Make.Start + Make.Span("30m"), new EffectBuffer());

        Assert.Equal(32, state.EventIds.Count);
        Assert.Equal(Make.Start, state.EventIds.DroppedUpTo);
        Assert.All(events.Take(168), item => Assert.Equal(Admission.BeyondWindow, Fold.Machine.Admit(state, item)));
        Assert.All(events.Skip(168), item => Assert.Equal(Admission.Duplicate, Fold.Machine.Admit(state, item)));
    }

    [Fact]
    public void Window_UnderASmallerLimit_Shrinks()
    {
        var events = Enumerable.Range(0, 500).Select(i => Make.Event(EventKind.PageViewed, Make.Start, $"{i}")).ToList();
        var state = Fold.Copy(Fold.Plain(events));
        var smaller = new CustomerMachine(new CustomerOptions { EventIdsMax = 32 });
        for (var i = 0; i < 100; i++)
        {
            var next = Make.Event(EventKind.PageViewed, Make.Start + TimeSpan.FromSeconds(i + 1), $"next{i}");
            Assert.Equal(Admission.New, smaller.Admit(state, next));
            smaller.Apply(state, next, new EffectBuffer());
            Assert.Equal(Admission.Duplicate, smaller.Admit(state, next));
            Assert.Equal(32, state.EventIds.Count);
        }
    }

    [Fact]
    public void EmptyState_AdmitsEverything()
    {
        Assert.Equal(Admission.New, Fold.Machine.Admit(new CustomerState(Make.Ada), Make.Event(EventKind.Custom, new Instant(1), "1")));
    }
}
