using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Identity;

public sealed class HistoryUnionTests
{
    /// <summary>merge(A, B) is the fold of the sorted union, whoever did what.</summary>
    [Fact]
    public void Merge_EqualsTheFoldOfTheSortedUnion() => Law.Holds(200, static seed =>
    {
        var whole = History.Of(seed);
        var sides = Divide(whole, new Random(seed));

        var merged = HistoryUnion.Fold(Fold.Machine, Make.Ada, Shuffled(sides, seed)).State;

        Assert.Equal(Fold.Bytes(Fold.Plain(whole)), Fold.Bytes(merged));
    });

    /// <summary>Two histories that were made apart from each other, of one span of time.</summary>
    [Fact]
    public void Merge_IsTheSameFromEitherSide() => Law.Holds(100, static seed =>
    {
        var (left, right) = (Renamed(History.Of(seed), "l"), Renamed(History.Of(~seed), "r"));
        UnionEvent[] one =
        [
            .. left.Select(static item => new UnionEvent(item, IsTaken: false)),
            .. right.Select(static item => new UnionEvent(item, IsTaken: true)),
        ];
        UnionEvent[] other = [.. one.Select(static item => item with { IsTaken = !item.IsTaken })];

        var merged = HistoryUnion.Fold(Fold.Machine, Make.Ada, Shuffled(one, seed)).State;

        Assert.Equal(Fold.Bytes(merged), Fold.Bytes(HistoryUnion.Fold(Fold.Machine, Make.Ada, Shuffled(other, seed)).State));
        Assert.Equal(left.Count + right.Count, merged.EventCount);
    });

    /// <summary>Carts on two devices of one person: one cart, unless the shop names two.</summary>
    [Theory]
    [InlineData("own add a; wait 5m; taken add b", "1:open[a*1,b*1]")]
    [InlineData("own add a cart=x; wait 5m; taken add b cart=y", "1:open[a*1] 2:open[b*1]")]
    [InlineData("own add a cart=x; wait 5m; taken add b", "1:open[a*1,b*1]")]
    [InlineData("taken add a; wait 5m; own order a", "1:converted[]")]
    [InlineData("taken add a b; wait 5m; own order a; wait 5m; taken add c", "1:converted[b*1] 2:open[b*1,c*1]")]
    [InlineData("own add a; wait 2h; taken add a", "1:recovered[a*2]")]
    [InlineData("own add a; wait 10m; taken view q; wait 10m", "1:open[a*1]")]
    [InlineData("own add a; wait 10m; taken remove a; wait 1m; own add a", "1:emptied[] 2:open[a*1]")]
    public void Merge_OfCarts_IsTheCartOfBothDevices(string script, string carts) => Assert.Equal(carts, CartsOf(Union(script).State));

    [Fact]
    public void Sort_OfAnEventIdSentByBoth_TakesItOnce()
    {
        var first = Make.Event(EventKind.PageViewed, Make.Start, "same");
        var second = first with { OccurredAt = Make.Start + TimeSpan.FromSeconds(1) };
        var sorted = HistoryUnion.Sort([(new UnionEvent(second, true), 1), (new UnionEvent(first, false), 2)]);
        Assert.Equal(first, Assert.Single(sorted).Event);
    }

    /// <summary>Carts of both are numbered anew; what was decided about one is found under its new number.</summary>
    [Fact]
    public void Join_KeepsDecisionsWithTheirCarts()
    {
        var union = Union("own add a cart=x; wait 1h; taken add b cart=y; wait 1h; own add c cart=z");
        var own = Ledger(Entry("o1", "cart:1", 1), Entry("o2", "cart:2", 130), Entry("day", "day:2026-03-02", 2));
        var taken = Ledger(Entry("t1", "cart:1", 61), Entry("deferred", "session:1", 62, DecisionStatus.Deferred));

        var joined = union.Join(own, taken)!;

        Assert.Equal(
            "o1 cart:1, day day:2026-03-02, t1 cart:2, deferred session:2, o2 cart:3",
            string.Join(", ", joined.Entries.Select(static entry => $"{entry.DecisionId} {entry.Episode}")));
        Assert.Equal(Make.Start + TimeSpan.FromDays(1), joined.NextDue());
        var (ownAgain, takenAgain) = union.Part(joined, taken);
        Assert.Equal("o1 cart:1, day day:2026-03-02, o2 cart:2", Describe(ownAgain));
        Assert.Equal("t1 cart:1, deferred session:1", Describe(takenAgain));
    }

    /// <summary>Both worked on what is one cart now: it has been decided about, and nobody decides again.</summary>
    [Fact]
    public void Join_OfCartsThatAreOne_KeepsBothDecisions()
    {
        var union = Union("own add a; wait 5m; taken add b");
        var joined = union.Join(Ledger(Entry("o1", "cart:1", 1)), Ledger(Entry("t1", "cart:1", 6)))!;
        Assert.Equal("o1 cart:1, t1 cart:1", Describe(joined));
        Assert.True(joined.Has("r", "cart:1"));
        Assert.Equal(("o1 cart:1", "t1 cart:1"), (Describe(union.Part(joined, Ledger(Entry("t1", "cart:1", 6))).Own),
            Describe(union.Part(joined, Ledger(Entry("t1", "cart:1", 6))).Taken)));
    }

    [Theory]
    [InlineData("taken add a; wait 2h; own order a", "recovered")]
    [InlineData("taken add a; wait 2h; own order x", "open")]
    [InlineData("own order a; wait 2h; taken add a", "open")]
    [InlineData("taken add a; wait 8d; own order a", "open")]
    public void Settle_AnOrderOfTheOneAfterATreatmentOfTheOther_IsItsOutcome(string script, string outcome)
    {
        var union = Union(script);
        var ledger = union.Join(null, Ledger(Entry("t1", "cart:1", 125)))!;
        ledger.Entries[0].AttributionEndsAt = Make.Start + TimeSpan.FromDays(7);
        if (script.Contains("wait 2h", StringComparison.Ordinal)) ledger.Entries[0].DecidedAt = Make.Start + TimeSpan.FromMinutes(60);
        var outcomes = new List<DecisionOutcome>();
        union.Settle(ledger, outcomes);
        Assert.Equal(outcome, DecisionRecord.WireName(ledger.Entries[0].Outcome) ?? "open");
        Assert.Equal(outcome == "open" ? 0 : 1, outcomes.Count);
    }

    private static string CartsOf(CustomerState state) => string.Join(' ', state.Carts.Select(static cart =>
        $"{cart.Number}:{CartStates.WireName(cart.State)}[{Describe(cart.Lines)}]"));

    private static string Describe(IReadOnlyList<CartLine> lines) =>
        string.Join(',', lines.Select(static line => $"{line.ProductId}*{line.Quantity}"));

    /// <summary>Each command begins with whose it is: <c>own</c> or <c>taken</c>.</summary>
    private static HistoryUnion Union(string script)
    {
        var scenario = new Scenario();
        var events = new List<UnionEvent>();
        foreach (var command in script.Split(';', StringSplitOptions.TrimEntries))
        {
            var word = command.Split(' ')[0];
            scenario.Do(word is "own" or "taken" ? command[(word.Length + 1)..] : command);
            if (scenario.LastEvent is { } item && word != "wait") events.Add(new UnionEvent(item, word == "taken"));
        }

        return HistoryUnion.Fold(Fold.Machine, Make.Ada, events);
    }

    private static UnionEvent[] Divide(List<CustomerEvent> events, Random random)
    {
        var isTaken = false;
        return [.. events.Select(item => new UnionEvent(item, isTaken ^= random.Next(6) == 0))];
    }

    /// <summary>As two logs give them: each side in its order, mixed anyhow; ties of time as they arrived.</summary>
    private static List<UnionEvent> Shuffled(UnionEvent[] events, int seed)
    {
        var random = new Random(seed);
        var arrivals = events.Select(static (item, index) => (item, (long)index)).OrderBy(_ => random.Next()).ToList();
        return HistoryUnion.Sort(arrivals);
    }

    private static List<CustomerEvent> Renamed(List<CustomerEvent> events, string prefix)
    {
        var shift = Make.Start - events[0].OccurredAt;
        return [.. events.Select(item => item with { Id = EventId.Parse(prefix + item.Id.Value), OccurredAt = item.OccurredAt + shift })];
    }

    private static DecisionLedger Ledger(params LedgerEntry[] entries) => DecisionLedger.Of(entries)!;

    private static string Describe(DecisionLedger? ledger) =>
        string.Join(", ", (ledger?.Entries ?? []).Select(static entry => $"{entry.DecisionId} {entry.Episode}"));

    private static LedgerEntry Entry(string id, string episode, int minute, DecisionStatus status = DecisionStatus.Decided) => new()
    {
        DecisionId = id,
        Rule = "r",
        Action = "a",
        Episode = episode,
        Status = status,
        DecidedAt = Make.Start + TimeSpan.FromMinutes(minute),
        DueAt = status == DecisionStatus.Deferred ? Make.Start + TimeSpan.FromDays(1) : Instant.None,
    };
}
