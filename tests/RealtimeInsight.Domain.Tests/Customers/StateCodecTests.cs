using System.Buffers;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Customers;

public sealed class StateCodecTests
{
    [Fact]
    public void RoundTrip_OfRandomHistories_IsTheSameBitForBit()
    {
        Law.Holds(150, static seed =>
        {
            var random = new Random(seed);
            var state = Fold.Plain(History.Of(seed, isExtreme: seed % 3 == 0));
            if (seed % 2 == 0) Decorate(state, random);
            var bytes = Fold.Bytes(state);
            var copy = seed % 4 < 2 ? CustomerStateCodec.Read(bytes) : Unpacked(state, new NameTable());

            Assert.Equal(bytes, Fold.Bytes(copy));
            Assert.Equal(Features(state), Features(copy));
            Assert.Equal(Fold.Machine.NextDeadline(state), Fold.Machine.NextDeadline(copy));
            Assert.Equal(state.Recurrent.ToArray().Select(BitConverter.SingleToInt32Bits),
                copy.Recurrent.ToArray().Select(BitConverter.SingleToInt32Bits));
        });
    }

    [Fact]
    public void Pack_OfNamesBeyondTheTable_KeepsThem()
    {
        var names = new NameTable();
        for (var i = 0; i < NameTable.NamesMax; i++) Assert.Equal(i, names.NumberOf($"name {i}"));
        var state = Scenario.Of("browse").State;
        Fold.Machine.Apply(
            state, Make.Event(EventKind.ProductViewed, state.LastSeen, "m", new ProductLine("p", "name 7", "unknown brand")), new());

        Assert.Equal(-1, names.NumberOf("unknown brand"));
        Assert.Equal(Fold.Bytes(state), Fold.Bytes(Unpacked(state, names)));
    }

    [Fact]
    public void Pack_IsNotToBeReadWithoutItsTable()
    {
        var output = new ArrayBufferWriter<byte>();
        CustomerStateCodec.Pack(new CustomerState(Make.Ada), output, new NameTable());
        Assert.Throws<FormatException>(() => CustomerStateCodec.Read(output.WrittenSpan));
    }

    [Fact]
    public void IsOf_TellsTheCustomer()
    {
        var id = CustomerId.FromUser("schöne ada");
        var bytes = Fold.Bytes(new CustomerState(id));
        Assert.True(CustomerStateCodec.IsOf(bytes, id));
        Assert.False(CustomerStateCodec.IsOf(bytes, Make.Ada));
        Assert.True(CustomerStateCodec.IsOf(GoldenFile.Bytes("state-v1.hex"), Make.Ada));
    }

    [Fact]
    public void RoundTrip_MidLife_GoesOnAlike()
    {
        Law.Holds(100, static seed =>
        {
            var events = History.Of(seed, 200);
            var half = events.Count / 2;
            var original = Fold.Plain(events.Take(half));
            var copy = Fold.Copy(original);
            var (effects, copyEffects) = (new EffectBuffer(), new EffectBuffer());
            foreach (var item in events.Skip(half))
            {
                Assert.Equal(Fold.Machine.Admit(original, item), Fold.Machine.Admit(copy, item));
                Fold.Machine.Apply(original, item, effects);
                Fold.Machine.Apply(copy, item, copyEffects);
            }

            Assert.Equal(effects.Span.ToArray(), copyEffects.Span.ToArray());
            Assert.Equal(Fold.Bytes(original), Fold.Bytes(copy));
        });
    }

    [Fact]
    public void RoundTrip_OfANewState_KeepsItsEmptiness()
    {
        var state = CustomerStateCodec.Read(Fold.Bytes(new CustomerState(Make.Ada)));
        Assert.Equal(Make.Ada, state.Id);
        Assert.Equal(-1, state.LastOffset);
        Assert.Null(state.Person);
        Assert.Null(state.Ledger);
        Assert.Null(state.Cart);
        Assert.False(state.ScoredAt.HasValue);
        Assert.Equal(0u, state.ModelStamp);
    }

    /// <summary>Both versions hold the same state; it is written as the newest.</summary>
    [Theory]
    [InlineData("state-v1.hex")]
    [InlineData("state-v2.hex")]
    public void Golden_Reads_AndWritesTheNewestVersion(string golden)
    {
        var state = CustomerStateCodec.Read(GoldenFile.Bytes(golden));
        GoldenFile.Expect("state-v2.hex", Fold.Bytes(state));

        Assert.Equal("ada", state.Id.Value);
        Assert.Equal((42L, 13L, 1), (state.LastOffset, state.EventCount, state.Session.Number));
        Assert.Equal(Make.Start, state.FirstSeen);
        Assert.Equal(Make.Start + Make.Span("40m"), state.LastSeen);
        Assert.Equal((1, 15m, "EUR", 1), (state.Orders.Orders, state.Orders.MonetaryValue, state.Orders.Currency, state.Orders.Refunded));
        Assert.Equal("Europe/Berlin", state.Person!.TimeZone);
        Assert.Equal("gold", state.Person.Traits["plan"]);
        Assert.True(state.Person.Consents["marketing"]);
        Assert.Equal(["anon:v1"], state.Person.Visitors.Select(static visitor => visitor.Value));
        Assert.Equal([CartState.Converted, CartState.Open], state.Carts.Select(static cart => cart.State));
        Assert.Equal([new CartLine("c", 1, null, null), new CartLine("b", 2, 4.5m, "Bee")], state.Cart!.Lines);
        Assert.Equal((0.25f, 0.5f, 0.75f), (state.Scores.Churn, state.Scores.Abandonment, state.Scores.Purchase));
        Assert.Equal((77u, false), (state.ModelStamp, state.ScoresDegraded));
        Assert.Equal(Enumerable.Range(0, 64).Select(static i => i / 64f), state.Recurrent.ToArray());
        Assert.Equal(13, state.Recent.Count);
        Assert.Equal(13, state.EventIds.Count);
        Assert.Equal(4f, state.LastRating);
        Assert.Equal(("Shoes", 3f), (state.Categories.Entries[0].Name, state.Categories.Entries[0].Weight));
        var entry = Assert.Single(state.Ledger!.Entries);
        Assert.Equal(
            ("dec_1", "rule", "coupon", "webhook", "cart:1"), (entry.DecisionId, entry.Rule, entry.Action, entry.Channel, entry.Episode));
        Assert.Equal((DecisionStatus.Decided, OutcomeKind.Recovered), (entry.Status, entry.Outcome));
    }

    [Fact]
    public void Golden_OfVariants_KeepsThem()
    {
        var state = new Scenario().Do("browse").State;
        state.Ledger = new DecisionLedger();
        for (var i = 0; i < 3; i++)
        {
            state.Ledger.Put(new LedgerEntry
            {
                DecisionId = $"dec_{i}", Rule = "offer", Action = "coupon", Episode = $"cart:{i}", Status = DecisionStatus.Decided,
                DecidedAt = Make.Start, Variant = i == 1 ? null : $"variant-{i}",
            });
        }

        GoldenFile.Expect("state-v2-variants.hex", Fold.Bytes(state));
        var ledger = CustomerStateCodec.Read(GoldenFile.Bytes("state-v2-variants.hex")).Ledger!;
        Assert.Equal(["variant-0", null, "variant-2"], ledger.Entries.Select(static entry => entry.Variant));
    }

    [Fact]
    public void Golden_OfTexts_KeepsThem()
    {
        var state = Scenario.Of("review_posted sentiment=0.25 topic=size; wait 1h; service_message sentiment=0.75 topic=price").State;
        GoldenFile.Expect("state-v2-texts.hex", Fold.Bytes(state));
        var texts = CustomerStateCodec.Read(GoldenFile.Bytes("state-v2-texts.hex")).Texts!;

        Assert.Equal((new TextLabels(0.75f, TextTopics.Price), state.LastSeen), (texts.Newest, texts.NewestAt));
        Assert.Equal((2, 1, TextTopics.Size), (texts.Texts, texts.Complaints, texts.ComplaintTopics));
        Assert.Equal(state.FirstSeen, texts.ComplaintAt);
    }

    [Theory]
    [InlineData("state-v1.hex")]
    [InlineData("state-v2.hex")]
    [InlineData("state-v2-texts.hex")]
    [InlineData("state-v2-variants.hex")]
    public void Read_OfBrokenBytes_IsAFormatExceptionOrAState(string golden)
    {
        var record = GoldenFile.Bytes(golden);
        Malformed.EveryCutIsRefused(record, static bytes => _ = CustomerStateCodec.Read(bytes));
        Malformed.EveryChangedByteIsStood(record, static bytes => _ = CustomerStateCodec.Read(bytes));
        Malformed.EveryHugeNumberIsStood(record, static bytes => _ = CustomerStateCodec.Read(bytes));
    }

    [Fact]
    public void Read_OfAnotherVersion_SaysBoth()
    {
        var bytes = Fold.Bytes(new CustomerState(Make.Ada));
        bytes[0] = 3;
        var refused = Assert.Throws<FormatException>(() => CustomerStateCodec.Read(bytes));
        Assert.Contains("state version is 3, this program reads 1 to 2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RoundTrip_OfExtremeNumbers_IsTheSameBitForBit()
    {
        var state = new CustomerState(Make.Ada);
        var at = new Instant(long.MaxValue - 5);
        decimal[] values = [0m, 0.10m, 79_228_162_514.264337593543950335m, 3.14159m, 1e9m, 0.005m];
        for (var index = 0; index < values.Length; index++)
        {
            var value = values[index];
            var product = new ProductLine($"p{index}", "Schöne Schuhe \ud800", $"brand {index}", null, value, index + 1);
            Fold.Machine.Apply(state, Make.Event(EventKind.CartAdded, at + TimeSpan.FromMilliseconds(index), $"m{index}", product), new());
        }

        Fold.Machine.Apply(state, Make.Event(EventKind.Custom, new Instant(long.MaxValue), "last") with { Value = -0.00m }, new());
        state.MarkDegraded();
        var copy = Fold.Copy(state);

        Assert.Equal(Fold.Bytes(state), Fold.Bytes(copy));
        Assert.Equal(
            state.Recent.ToArray().Select(static item => (item, BitConverter.SingleToInt32Bits(item.Value))),
            copy.Recent.ToArray().Select(static item => (item, BitConverter.SingleToInt32Bits(item.Value))));
        Assert.Equal(
            state.Cart!.Lines.Select(static line => decimal.GetBits(line.Price!.Value)),
            copy.Cart!.Lines.Select(static line => decimal.GetBits(line.Price!.Value)));
        Assert.Equal((state.FirstSeen, state.LastSeen, true), (copy.FirstSeen, copy.LastSeen, copy.ScoresDegraded));
    }

    [Fact]
    public void MarkDegraded_AsksForANewFold()
    {
        var state = Scenario.Of("browse").State;
        state.SetScores(new HeadScores(0.1f, 0.2f, 0.3f), 5, Make.Start);
        state.MarkDegraded();
        Assert.Equal((0u, true, 0.1f), (state.ModelStamp, state.ScoresDegraded, state.Scores.Churn));

        state.SetScores(new HeadScores(0.4f, 0.5f, 0.6f), 5, Make.Start);
        Assert.Equal((5u, false, 0.4f), (state.ModelStamp, state.ScoresDegraded, state.Scores.Churn));
    }

    /// <summary>What the golden file holds; not compared by bytes, because exponentials may differ in their last bit elsewhere.</summary>
    [Fact]
    public void Golden_IsTheStateOfItsScript()
    {
        var (made, stored) = (GoldenState(), CustomerStateCodec.Read(GoldenFile.Bytes("state-v2.hex")));
        Assert.True(Fold.Bytes(made).Length == Fold.Bytes(stored).Length, $"the file would now be\n{GoldenFile.Hex(Fold.Bytes(made))}");
        Assert.All(Features(made).Zip(Features(stored)), static pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Equal(made.Recent.ToArray(), stored.Recent.ToArray());
    }

    private static CustomerState GoldenState()
    {
        var scenario = new Scenario().Do(
            "browse; view a@10; add a*2@5; add c cart=x; order a*2 id=o1 value=20 currency=EUR; wait 10m; identify zone=Europe/Berlin; "
            + "consent_changed grant=marketing; review_posted rating=4; service_message; "
            + "order_refunded value=5 currency=EUR; wait 20m; view z");
        var visitor = CustomerId.FromVisitor("v1");
        scenario.Apply(Make.Event(EventKind.Identified, scenario.Now, "t") with
        {
            Visitor = visitor, Traits = new Dictionary<string, string> { ["plan"] = "gold" },
        });
        scenario.Do("wait 10m");
        var product = new ProductLine("b", "Shoes", "Acme", "Bee", 4.5m, 2);
        scenario.Apply(Make.Event(EventKind.CartAdded, scenario.Now, "c", product));
        var state = scenario.State;
        state.LastOffset = 42;
        for (var i = 0; i < state.Recurrent.Length; i++) state.Recurrent[i] = i / 64f;
        state.SetScores(new HeadScores(0.25f, 0.5f, 0.75f), 77, scenario.Now);
        state.Ledger = new DecisionLedger();
        state.Ledger.Put(new LedgerEntry
        {
            DecisionId = "dec_1", Rule = "rule", Action = "coupon", Channel = "webhook", Episode = "cart:1",
            Status = DecisionStatus.Decided, DecidedAt = Make.Start, AttributionEndsAt = Make.Start + Make.Span("7d"),
            Outcome = OutcomeKind.Recovered,
        });
        return state;
    }

    private static CustomerState Unpacked(CustomerState state, NameTable names)
    {
        var output = new ArrayBufferWriter<byte>();
        CustomerStateCodec.Pack(state, output, names);
        return CustomerStateCodec.Unpack(output.WrittenSpan, names);
    }

    private static void Decorate(CustomerState state, Random random)
    {
        state.LastOffset = random.NextInt64();
        foreach (ref var value in state.Recurrent) value = random.NextSingle() - 0.5f;
        state.Recurrent[3] = float.NaN;
        state.Recurrent[4] = -0f;
        state.SetScores(new HeadScores(random.NextSingle(), random.NextSingle(), random.NextSingle()), (uint)random.Next(), state.LastSeen);
        if (random.Next(3) == 0) state.MarkDegraded();
        state.Ledger = new DecisionLedger();
        for (var i = random.Next(DecisionLedger.EntriesMax); i >= 0; i--)
        {
            state.Ledger.Put(new LedgerEntry
            {
                DecisionId = i % 2 == 0 ? $"dec_{i}" : $"dec_{random.NextInt64():x16}{i:x16}",
                Rule = $"rule-{i % 5}",
                Action = "coupon",
                Channel = i % 2 == 0 ? null : "webhook",
                Variant = random.Next(3) == 0 ? $"variant-{i % 3}" : null,
                Episode = $"session:{i}",
                Status = (DecisionStatus)random.Next(4),
                Reason = (SuppressionReason)random.Next(8),
                DecidedAt = state.LastSeen,
                DueAt = random.Next(2) == 0 ? Instant.Never : state.LastSeen + TimeSpan.FromHours(1),
                Outcome = (OutcomeKind)random.Next(3),
                AttributionEndsAt = state.LastSeen + TimeSpan.FromDays(random.Next(30)),
            });
        }
    }

    private static float[] Features(CustomerState state)
    {
        var features = new float[ModelContract.ProfileFeatures + ModelContract.TokenFeatures];
        FeatureExtractor.Profile(state, state.LastSeen + TimeSpan.FromHours(3), features);
        FeatureExtractor.Token(state, features.AsSpan(ModelContract.ProfileFeatures), new long[ModelContract.TokenIds]);
        return features;
    }
}
