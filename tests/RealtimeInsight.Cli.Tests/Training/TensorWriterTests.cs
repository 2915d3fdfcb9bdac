using RealtimeInsight.Cli.Features;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Host.Demo;

namespace RealtimeInsight.Cli.Tests.Training;

public sealed class TensorWriterTests
{
    private static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private static readonly ShopSimulatorOptions SmallShop = new() { Seed = 3, Customers = 30, Days = 50 };

    [Fact]
    public void Write_EveryRow_HoldsWhatTheEngineWouldScore()
    {
        using var written = new WrittenFeatures(FeatureSources.Simulated(SmallShop));
        var tokens = written.Read<float>("tokens");
        var profiles = written.Read<float>("profiles");
        var ids = written.Read<short>("ids");
        var machine = new CustomerMachine(new CustomerOptions());
        var states = new Dictionary<CustomerId, CustomerState>();
        var effects = new EffectBuffer();
        var token = new float[ModelContract.TokenFeatures];
        var tokenIds = new long[ModelContract.TokenIds];
        var profile = new float[ModelContract.ProfileFeatures];

        var row = 0;
        foreach (var customerEvent in new ShopSimulator(SmallShop).Events())
        {
            if (!states.TryGetValue(customerEvent.Customer, out var state))
            {
                states.Add(customerEvent.Customer, state = new CustomerState(customerEvent.Customer));
            }

            machine.Apply(state, customerEvent, effects);
            effects.Clear();
            FeatureExtractor.Token(state, token, tokenIds);
            FeatureExtractor.Profile(state, customerEvent.OccurredAt, profile);
            Assert.Equal(token, tokens.AsSpan(row * token.Length, token.Length));
            Assert.Equal(profile, profiles.AsSpan(row * profile.Length, profile.Length));
            Assert.Equal(tokenIds, ids.Skip(row * tokenIds.Length).Take(tokenIds.Length).Select(id => (long)id));
            row++;
        }

        Assert.Equal(row, written.Set.Rows);
        Assert.Equal(FeatureSchema.Hash, written.Json.GetProperty("feature_schema_hash").GetString());
    }

    [Fact]
    public void Write_Sequences_HoldEachRowOnceInOrderOfTime()
    {
        using var written = new WrittenFeatures(FeatureSources.Simulated(SmallShop), Handmade("other", Outcomes.All));
        var rows = written.Read<int>("sequence_rows");
        var starts = written.Read<int>("sequence_starts");
        var times = written.Read<long>("times");

        Assert.Equal(Enumerable.Range(0, (int)written.Set.Rows), rows.Order());
        Assert.Equal(written.Set.Sequences + 1, starts.Length);
        Assert.Equal((0, rows.Length), (starts[0], starts[^1]));
        for (var i = 0; i + 1 < starts.Length; i++)
        {
            var own = rows[starts[i]..starts[i + 1]];
            Assert.NotEmpty(own);
            Assert.Equal(own.Order(), own);
            Assert.Equal(own.Select(r => times[r]).Order(), own.Select(r => times[r]));
        }
    }

    [Fact]
    public void Write_SecondSource_FollowsTheFirst()
    {
        using var written = new WrittenFeatures(Handmade("first", Outcomes.All), Handmade("second", Outcomes.NextItem));

        var (first, second) = (written.Set.Sources[0], written.Set.Sources[1]);
        Assert.Equal((first.Rows, first.Customers), (second.FirstRow, second.FirstSequence));
        Assert.Equal(first.Digest, second.Digest);
        var labels = written.Read<sbyte>("labels").Skip((int)first.Rows * OutcomeLabels.Heads);
        Assert.All(labels, label => Assert.Equal(OutcomeLabels.Masked, label));
    }

    [Fact]
    public void Write_VisitorWhoBecomesACustomer_OutcomesAreThePersons()
    {
        var visitor = CustomerId.FromVisitor("v");
        var user = CustomerId.FromUser("u");
        CustomerEvent[] events =
        [
            Event(1, visitor, EventKind.CartAdded, TimeSpan.Zero, "p1"),
            Event(2, user, EventKind.Identified, TimeSpan.FromMinutes(1)) with { Visitor = visitor },
            Event(3, user, EventKind.OrderCompleted, TimeSpan.FromMinutes(2), "p1") with { OrderId = "o1" },
            Event(4, user, EventKind.PageViewed, TimeSpan.FromDays(60)),
        ];
        using var written = new WrittenFeatures(new FeatureSource("handmade", "none", Outcomes.All, events));

        var cart = written.Read<sbyte>("labels")[..OutcomeLabels.Heads];
        Assert.Equal(2, written.Set.Sequences);
        Assert.Equal((1, 0, 1), (cart[OutcomeLabels.Churn], cart[OutcomeLabels.Abandonment], cart[OutcomeLabels.Purchase]));
    }

    [Fact]
    public void Write_RepeatedEvent_IsSkippedAndCounted()
    {
        var events = Handmade("handmade", Outcomes.All).Events.ToList();
        using var written = new WrittenFeatures(new FeatureSource("handmade", "none", Outcomes.All, [.. events, events[^1]]));

        Assert.Equal((events.Count, 1), (written.Set.Sources[0].Rows, written.Set.Sources[0].Skipped));
    }

    [Fact]
    public void Write_SameSource_HasTheSameDigest()
    {
        using var first = new WrittenFeatures(FeatureSources.Simulated(SmallShop));
        using var again = new WrittenFeatures(FeatureSources.Simulated(SmallShop));
        using var other = new WrittenFeatures(FeatureSources.Simulated(new ShopSimulatorOptions { Seed = 4, Customers = 30, Days = 50 }));

        Assert.Equal(first.Set.Digest, again.Set.Digest);
        Assert.NotEqual(first.Set.Digest, other.Set.Digest);
    }

    [Fact]
    public void SparseTracking_KeepsViewsAdditionsAndOrderLinesOnly()
    {
        var events = FeatureSources.SimulatedSparse(SmallShop).Events.ToList();
        var full = new ShopSimulator(SmallShop).Events().Where(e => e.Kind == EventKind.OrderCompleted).ToList();

        Assert.Equal(events.Count, events.Select(e => e.Id).Distinct().Count());
        Assert.Equal(full.Sum(e => e.Products.Count), events.Count(e => e.Kind == EventKind.OrderCompleted));
        Assert.All(events, e =>
        {
            Assert.True(e.Kind is EventKind.ProductViewed or EventKind.CartAdded or EventKind.OrderCompleted);
            Assert.True(e.Customer.IsVisitor && e.Value is null && e.CartId is null);
            Assert.True(Assert.Single(e.Products) is { Price: null, Name: null, Brand: null });
        });
    }

    [Fact]
    public void Write_SourceWithoutEvents_SaysWhich()
    {
        var empty = new FeatureSource("nothing", "none", Outcomes.All, []);

        var error = Assert.Throws<CliException>(() => new WrittenFeatures(empty).Dispose());

        Assert.Contains("nothing", error.Message);
    }

    private static FeatureSource Handmade(string name, Outcomes known) => new(name, "none", known,
    [
        Event(1, CustomerId.FromUser("a"), EventKind.ProductViewed, TimeSpan.Zero, "p1"),
        Event(2, CustomerId.FromUser("b"), EventKind.ProductViewed, TimeSpan.FromMinutes(1), "p1"),
        Event(3, CustomerId.FromUser("a"), EventKind.CartAdded, TimeSpan.FromMinutes(2), "p2"),
    ]);

    private static CustomerEvent Event(int number, CustomerId customer, EventKind kind, TimeSpan after, string? product = null) => new()
    {
        Id = EventId.Parse($"e{number}"),
        Kind = kind,
        Customer = customer,
        OccurredAt = Start + after,
        IngestedAt = Start + after,
        Products = product is null ? [] : [new ProductLine(product, "shoes", "Fjord", Price: 20)],
        Currency = "EUR",
    };
}
