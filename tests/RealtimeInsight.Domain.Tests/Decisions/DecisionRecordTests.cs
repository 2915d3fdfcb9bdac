using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Decisions;

public sealed class DecisionRecordTests
{
    private const string Rules = "\"name\":\"spring\",\"hold_out\":{\"fraction\":0.0,\"salt\":\"s\"},"
        + "\"rules\":[{\"id\":\"r\",\"on\":\"cart_abandoned\","
        + "\"when\":\"cart_value > 1\",\"action\":\"coupon\",\"channel\":\"webhook\",\"parameters\":{\"percent\":10}},"
        + "{\"id\":\"b\",\"on\":\"searched\",\"action\":\"a\"}]";

    [Fact]
    public void Record_HoldsEverythingThatWentIn()
    {
        var acting = new Acting(Rules).Do("add a*2@9.50 cart=c1 currency=EUR");
        acting.State.SetScores(new HeadScores(0.25f, 0.5f, 0.75f), 3, Make.Start);
        acting.Do("wait 2h");
        var decision = Assert.Single(acting.Decisions);
        var record = decision.ReadRecord();

        Assert.Equal(["ada", "r", "coupon", "webhook", "cart:1", "decided", "none"],
            new[] { "customer_id", "rule", "action", "channel", "episode", "status", "reason" }.Select(key => (string?)record[key]));
        Assert.Equal(("2026-03-02T10:00:00.000Z", decision.Id), ((string?)record["decided_at"], (string?)record["decision_id"]));
        Assert.Equal(10, (int)record["parameters"]!["percent"]!);
        Assert.Equal("""{"name":"cart_abandoned","at":"2026-03-02T10:00:00.000Z","event_id":null}""", record["trigger"]!.ToJsonString());
        Assert.Equal(("spring", acting.Maker.Policy.Version), ((string?)record["policy"]!["name"], (string?)record["policy"]!["version"]));
        Assert.Equal("test-model", (string?)record["model"]);
        Assert.Equal(
            """{"churn":0.25,"abandonment":0.5,"purchase":0.75,"scored_at":"2026-03-02T09:00:00.000Z","is_degraded":false}""",
            record["scores"]!.ToJsonString());
        Assert.Equal(FeatureSchema.Hash, (string?)record["feature_schema"]);
        var profile = new float[ModelContract.ProfileFeatures];
        FeatureExtractor.Profile(acting.State, decision.DecidedAt, profile);
        Assert.Equal(profile, record["features"]!.AsArray().Select(static value => (float)value!));
        Assert.Equal(
            ["known", "new", "likely_to_buy", "cart_abandoned"], record["segments"]!.AsArray().Select(static name => (string?)name));
        Assert.Equal((0.0, DecisionMaker.HoldOutDraw(Make.Ada, "s")),
            ((double)record["hold_out"]!["fraction"]!, (double)record["hold_out"]!["draw"]!));
        Assert.Equal("""{"given":0,"max":32}""", record["frequency_cap"]!.ToJsonString());
        Assert.Equal("""[{"rule":"r","result":"decided"}]""", record["candidates"]!.ToJsonString());
        Assert.Equal(
            """{"number":1,"cart_id":"c1","state":"abandoned","value":19.00,"currency":"EUR","lines":"""
            + """[{"product_id":"a","quantity":2,"price":9.50,"name":null}]}""",
            record["cart"]!.ToJsonString());
    }

    [Fact]
    public void Record_OfAnEventsTurn_NamesTheEvent_AndNullsWhatIsNotThere()
    {
        var record = Assert.Single(new Acting(Rules).Do("searched").Decisions).ReadRecord();
        Assert.Equal(("searched", "e1"), ((string?)record["trigger"]!["name"], (string?)record["trigger"]!["event_id"]));
        Assert.Null(record["scores"]);
        Assert.False(record.ContainsKey("cart"));
    }

    [Fact]
    public void ReadEntry_PutsTheLedgerBack()
    {
        Law.Holds(40, static seed =>
        {
            var acting = new Acting("\"quiet_hours\":{\"from\":\"12:00\",\"to\":\"03:00\"}," + Rules).Do("searched");
            var later = History.Of(seed, 60).Select(static item => item with { OccurredAt = item.OccurredAt + TimeSpan.FromDays(400) });
            foreach (var item in later)
            {
                acting.Scenario.WaitUntil(item.OccurredAt);
                acting.Scenario.Apply(item);
            }

            var back = Fold.Copy(acting.State);
            back.Ledger = null;
            foreach (var decision in acting.Decisions)
            {
                var committed = decision.ReadRecord();
                (back.Ledger ??= new DecisionLedger()).Put(DecisionRecord.ReadEntry(committed));
                back.Ledger.Put(DecisionRecord.ReadEntry(committed));
            }

            foreach (var outcome in acting.Outcomes) back.Ledger?.Settle(outcome.DecisionId, outcome.Outcome);
            if (acting.Decisions.Count <= DecisionLedger.EntriesMax) Assert.Equal(Fold.Bytes(acting.State), Fold.Bytes(back));
        });
    }

    [Theory]
    [InlineData("[]", "no text 'decision_id'")]
    [InlineData("7", "no text 'decision_id'")]
    [InlineData("""{"decision_id":7}""", "no text 'decision_id'")]
    [InlineData(
        """{"decision_id":"d","rule":"r","action":"a","episode":"ever","status":"given","reason":"none"}""", "unknown value 'given'")]
    [InlineData(
        """{"decision_id":"d","rule":"r","action":"a","episode":"ever","status":"decided","reason":"none"}""",
        "no whole number 'decided_at_ms'")]
    [InlineData(
        """{"decision_id":"d","rule":"r","action":"a","channel":1,"episode":"ever","status":"decided","reason":"none"}""",
        "no text 'channel'")]
    public void ReadEntry_OfABadRecord_IsAFormatException(string record, string problem)
    {
        var refused = Assert.Throws<FormatException>(() => DecisionRecord.ReadEntry(JsonNode.Parse(record)!));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ledger_Full_GivesUpWhatIsLeastMissed()
    {
        var ledger = new DecisionLedger();
        for (var i = 0; i < 40; i++) ledger.Put(Entry($"given{i}", DecisionStatus.Decided, i, OutcomeKind.NotRecovered));
        for (var i = 0; i < 8; i++)
        {
            ledger.Put(Entry($"held{i}", DecisionStatus.Suppressed, 40 + i, OutcomeKind.Open, followed: i % 2 == 0));
        }

        Assert.Equal(DecisionLedger.EntriesMax, ledger.Entries.Count);

        ledger.Put(Entry("new0", DecisionStatus.Decided, 50, OutcomeKind.Open));
        Assert.Null(ledger.Find("held1"));
        for (var i = 1; i < 8; i++) ledger.Put(Entry($"new{i}", DecisionStatus.Deferred, 50 + i, OutcomeKind.Open));
        Assert.DoesNotContain(ledger.Entries, static entry => entry.Status == DecisionStatus.Suppressed);

        ledger.Put(Entry("new8", DecisionStatus.Decided, 60, OutcomeKind.Open));
        Assert.Null(ledger.Find("given0"));
        Assert.NotNull(ledger.Find("given1"));
        Assert.NotNull(ledger.Find("new1"));
    }

    [Fact]
    public void Ledger_FullOfDeferred_GivesUpTheOldestOfThem()
    {
        var ledger = new DecisionLedger();
        for (var i = 0; i < 32; i++) ledger.Put(Entry($"given{i}", DecisionStatus.Decided, i, OutcomeKind.NotRecovered));
        for (var i = 0; i < 17; i++) ledger.Put(Entry($"later{i}", DecisionStatus.Deferred, 40 + i, OutcomeKind.Open));

        Assert.Equal(DecisionLedger.EntriesMax, ledger.Entries.Count);
        Assert.Null(ledger.Find("later0"));
        Assert.All(Enumerable.Range(0, 32), i => Assert.NotNull(ledger.Find($"given{i}")));
    }

    [Fact]
    public void Ledger_KeepsWhatWasGivenOnceForEver_LongestOfTheOld()
    {
        var ledger = new DecisionLedger();
        for (var i = 0; i < 60; i++)
        {
            ledger.Put(Entry($"given{i}", DecisionStatus.Decided, i, OutcomeKind.Recovered, episode: i == 0 ? "ever" : $"session:{i}"));
        }

        Assert.NotNull(ledger.Find("given0"));
        Assert.Null(ledger.Find("given1"));
    }

    [Theory]
    [InlineData(DecisionStatus.Suppressed)]
    [InlineData(DecisionStatus.Decided)]
    public void Ledger_Full_KeepsTheNewestOfEachRule_SoThatItsEpisodeIsNotDecidedAgain(DecisionStatus status)
    {
        var ledger = new DecisionLedger();
        ledger.Put(Entry("today", status, 0, OutcomeKind.NotRecovered, episode: "day:2026-03-02", rule: "daily"));
        for (var i = 0; i < 100; i++)
        {
            ledger.Put(Entry($"visit{i}", (i % 2) == 0 ? status : DecisionStatus.Suppressed, 1 + i, OutcomeKind.NotRecovered));
        }

        Assert.NotNull(ledger.Find("today"));
        ledger.Put(Entry("tomorrow", status, 1440, OutcomeKind.NotRecovered, episode: "day:2026-03-03", rule: "daily"));
        for (var i = 100; i < 200; i++) ledger.Put(Entry($"visit{i}", status, 1441 + i, OutcomeKind.NotRecovered));
        Assert.Null(ledger.Find("today"));
        Assert.NotNull(ledger.Find("tomorrow"));
    }

    [Fact]
    public void Ledger_OfTwo_IsInOrderOfTimeAndCountsNothingTwice()
    {
        var (one, other) = (new DecisionLedger(), new DecisionLedger());
        one.Put(Entry("a", DecisionStatus.Decided, 1, OutcomeKind.Open));
        one.Put(Entry("c", DecisionStatus.Decided, 3, OutcomeKind.Open));
        other.Put(Entry("b", DecisionStatus.Decided, 2, OutcomeKind.Open));
        other.Put(Entry("a", DecisionStatus.Decided, 1, OutcomeKind.Recovered));
        var both = DecisionLedger.Of(one.Entries.Concat(other.Entries))!;

        Assert.Equal("a b c", string.Join(' ', both.Entries.Select(static entry => entry.DecisionId)));
        Assert.Equal(OutcomeKind.Recovered, both.Find("a")!.Outcome);
        both.Settle("unknown", OutcomeKind.Recovered);
        Assert.Null(DecisionLedger.Of([]));
        Assert.Equal(Instant.Never, new DecisionLedger().NextDue());
    }

    private static LedgerEntry Entry(
        string id,
        DecisionStatus status,
        int minute,
        OutcomeKind outcome,
        bool followed = false,
        string episode = "session:1",
        string rule = "r") => new()
    {
        DecisionId = id,
        Rule = rule,
        Action = "a",
        Episode = episode,
        Status = status,
        DecidedAt = Make.Start + TimeSpan.FromMinutes(minute),
        DueAt = status == DecisionStatus.Deferred ? Make.Start + TimeSpan.FromDays(1) : Instant.None,
        Outcome = outcome,
        AttributionEndsAt = followed ? Make.Start + TimeSpan.FromDays(7) : Instant.None,
    };
}
