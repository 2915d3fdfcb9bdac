using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.TestKit.Scoring;

namespace RealtimeInsight.Simulation.Tests.Time;

/// <summary>The wall clock is set by hours under an engine that holds deadlines and is not told.</summary>
public sealed class ClockJumpTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly CustomerId s_anna = CustomerId.FromUser("anna");
    private static readonly CustomerId s_ben = CustomerId.FromUser("ben");
    private readonly VirtualEngine _engine = new(Policy.Parse(Reminder()), new CustomerOptions(), new LinearScorer(), s_start);
    private int _sent;

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Forward_WhileNothingElseHappens_FiresWhatIsDueWithinAMinute_Once()
    {
        Add(s_anna);
        _engine.SetWallClock(TimeSpan.FromHours(5));
        Pass(TimeSpan.FromSeconds(61));
        Assert.Equal(1, Reminders(s_anna));
        Pass(TimeSpan.FromHours(20));
        Assert.Equal(1, Reminders(s_anna));
        Assert.Equal(EventOutcome.Accepted, Add(s_anna));
    }

    [Fact]
    public void Back_DeadlinesThatAreArmed_WaitForTheClock()
    {
        Add(s_anna);
        _engine.SetWallClock(TimeSpan.FromHours(-6));
        Pass(TimeSpan.FromHours(6));
        Assert.Equal(0, Reminders(s_anna));
        Pass(TimeSpan.FromHours(3));
        Assert.Equal(1, Reminders(s_anna));
    }

    [Fact]
    public void Back_AfterADeadlineFired_ItDoesNotFireAgain()
    {
        Add(s_anna);
        Pass(TimeSpan.FromHours(3));
        Assert.Equal(1, Reminders(s_anna));
        _engine.SetWallClock(TimeSpan.FromHours(-4));
        Pass(TimeSpan.FromHours(12));
        Assert.Equal(1, Reminders(s_anna));
    }

    [Fact]
    public void Back_DeadlinesArmedAfterIt_GoByTheNewClock()
    {
        Add(s_anna);
        Pass(TimeSpan.FromHours(3));
        _engine.SetWallClock(TimeSpan.FromHours(-10));
        Add(s_ben);
        var added = _engine.Now;
        Pass(TimeSpan.FromHours(3));
        var reminder = Assert.Single(_engine.Timeline(s_ben, 100), IsReminder);
        Assert.InRange(reminder.At - added, TimeSpan.FromMinutes(1), TimeSpan.FromHours(2.5));
    }

    [Fact]
    public void Back_EventsThatComeThen_AreFoldedInTheirOrder_AndTheirDeadlinesFireOnce()
    {
        Add(s_anna);
        Pass(TimeSpan.FromHours(3));
        _engine.SetWallClock(TimeSpan.FromHours(-2));
        Assert.Equal(EventOutcome.Accepted, Add(s_anna));
        Pass(TimeSpan.FromHours(12));
        Assert.Equal(2, _engine.Timeline(s_anna, 100).Count(static entry => entry.Type == "event"));
        Assert.InRange(Reminders(s_anna), 1, 2);
        Assert.Equal(Reminders(s_anna), Episodes(s_anna).Distinct().Count());
    }

    [Fact]
    public void BackAndForthUnderLoad_EachCartIsRemindedOfOnce()
    {
        var customers = Enumerable.Range(0, 12).Select(static i => CustomerId.FromUser($"customer-{i}")).ToArray();
        for (var i = 0; i < customers.Length; i++)
        {
            Add(customers[i]);
            Pass(TimeSpan.FromMinutes(11));
            _engine.SetWallClock(TimeSpan.FromHours(i % 2 == 0 ? -3 : 4));
        }

        Pass(TimeSpan.FromHours(20));
        Assert.All(customers, customer => Assert.Equal(1, Reminders(customer)));
    }

    private static bool IsReminder(TimelineEntry entry) => entry.Type == "decision";

    private int Reminders(CustomerId customer) => _engine.Timeline(customer, 100).Count(IsReminder);

    private IEnumerable<string> Episodes(CustomerId customer) =>
        _engine.Timeline(customer, 100).Where(IsReminder).Select(static entry => entry.Detail["decision_id"]!.GetValue<string>());

    private void Pass(TimeSpan span) => _engine.AdvanceTo(_engine.Now + span);

    private EventOutcome Add(CustomerId customer) => _engine.Send(new CustomerEvent
    {
        Id = EventId.Parse($"event-{_sent++}"),
        Kind = EventKind.CartAdded,
        Customer = customer,
        OccurredAt = _engine.Now,
        IngestedAt = _engine.Now,
        Products = [new ProductLine("p1", "shoes", "acme", null, 20m)],
    });

    private static JsonObject Reminder() => new()
    {
        ["name"] = "reminder",
        ["rules"] = new JsonArray(
            new JsonObject { ["id"] = "cart-reminder", ["on"] = "cart_abandoned", ["action"] = "reminder", ["channel"] = "log" }),
    };
}
