using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Customers;

public sealed class BoundsTests
{
    /// <summary>Ids of 36 characters, names of 60: a busy shop, not an attack.</summary>
    private const int EncodedBytesMax = 96 * 1024;

    [Fact]
    public void State_After50000Events_IsBounded()
    {
        var random = new Random(7);
        var state = new CustomerState(Make.Ada);
        var effects = new EffectBuffer();
        var at = Make.Start;
        for (var i = 0; i < 50_000; i++)
        {
            at += TimeSpan.FromMilliseconds(random.Next(20_000));
            Fold.Machine.Apply(state, Busy(random, i, at), effects);
            effects.Clear();
        }

        var bytes = Fold.Bytes(state);
        Assert.InRange(bytes.Length, 1_000, EncodedBytesMax);
        Assert.Equal(50_000, state.EventCount);
        Assert.Equal(CustomerState.CartsMax, state.Carts.Count);
        Assert.All(state.Carts, static cart => Assert.InRange(cart.Lines.Count, 0, Cart.LinesMax));
        Assert.Equal(CustomerState.CategoriesMax, state.Categories.Entries.Length);
        Assert.Equal(CustomerState.BrandsMax, state.Brands.Entries.Length);
        Assert.Equal(32, state.Recent.Count);
        Assert.InRange(state.EventIds.Count, 1, 1024);
        Assert.Equal(Person.TraitsMax, state.Person!.Traits.Count);
        Assert.Equal(Person.ConsentsMax, state.Person.Consents.Count);
        Assert.Equal(Person.VisitorsMax, state.Person.Visitors.Count);
        Assert.Equal(bytes, Fold.Bytes(CustomerStateCodec.Read(bytes)));
    }

    [Fact]
    public void State_OfAnOrdinaryVisitor_IsSmall()
    {
        var state = Scenario.Of("browse; view a; view b; view c; searched; wait 2h").State;
        Assert.InRange(Fold.Bytes(state).Length, 1, 640);
    }

    [Fact]
    public void Person_WithoutRoom_KeepsAWithdrawalOverAGrant()
    {
        var events = Enumerable.Range(0, Person.ConsentsMax + 10).Select(i =>
            Make.Event(EventKind.ConsentChanged, Make.Start, $"{i}") with
            {
                Consents = new Dictionary<string, bool> { [$"purpose{i}"] = i < Person.ConsentsMax },
            });
        var consents = Fold.Plain(events).Person!.Consents;

        Assert.Equal(Person.ConsentsMax, consents.Count);
        Assert.All(Enumerable.Range(Person.ConsentsMax, 10), i => Assert.False(consents[$"purpose{i}"]));
    }

    [Fact]
    public void Person_WithoutRoom_KeepsOldTraitsAndUpdatesThem()
    {
        var events = Enumerable.Range(0, Person.TraitsMax + 3).Select(i =>
            Make.Event(EventKind.Identified, Make.Start, $"{i}") with
            {
                Traits = new Dictionary<string, string> { [$"t{i}"] = "first", ["t0"] = $"v{i}" },
            });
        var traits = Fold.Plain(events).Person!.Traits;

        Assert.Equal(Person.TraitsMax, traits.Count);
        Assert.Equal($"v{Person.TraitsMax + 2}", traits["t0"]);
        Assert.False(traits.ContainsKey($"t{Person.TraitsMax + 1}"));
    }

    [Fact]
    public void Person_LinkedVisitors_AreTheNewestOnesAndDiffer()
    {
        var events = Enumerable.Range(0, 40).Select(i =>
            Make.Event(EventKind.Identified, Make.Start, $"{i}") with { Visitor = CustomerId.FromVisitor($"v{i / 2}") });
        var visitors = Fold.Plain(events).Person!.Visitors;

        Assert.Equal(Enumerable.Range(4, Person.VisitorsMax).Select(static i => $"anon:v{i}"), visitors.Select(static id => id.Value));
    }

    private static CustomerEvent Busy(Random random, int i, Instant at)
    {
        var kind = random.Next(10) switch
        {
            < 5 => EventKind.CartAdded,
            5 => EventKind.OrderCompleted,
            _ => (EventKind)random.Next(EventKinds.Count),
        };
        var products = Enumerable.Range(0, 1 + random.Next(6)).Select(_ => random.Next(5_000)).Select(number => new ProductLine(
            $"{number:x8}-0000-0000-0000-{number:x12}", $"category {number % 900}", $"brand {number % 300}",
            $"Product {number}".PadRight(60, '.'), number));
        return Make.Event(kind, at, $"{i}", [.. products]) with
        {
            CartId = $"{random.Next(9):d36}",
            OrderId = $"o{random.Next(9_000)}",
            Visitor = CustomerId.FromVisitor($"{random.Next(1_000):d36}"),
            TimeZone = "Europe/Berlin",
            Traits = new Dictionary<string, string> { [$"trait {random.Next(500)}"] = new string('t', 40) },
            Consents = new Dictionary<string, bool> { [$"purpose {random.Next(500)}"] = random.Next(2) == 0 },
        };
    }
}
