using System.Text;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Decisions;

/// <summary>What holds for every policy and every history.</summary>
public sealed class DecisionLawTests
{
    [Fact]
    public void CapAndCoolDown_AreNeverExceeded()
    {
        Law.Holds(150, static seed =>
        {
            var acting = Live(seed, out var policy);
            var given = Given(acting).Select(static decision => decision.DecidedAt).ToArray();
            for (var i = 0; i < given.Length; i++)
            {
                var inWindow = given.Count(at => at <= given[i] && given[i] - at < policy.CapWindow);
                Assert.True(inWindow <= policy.CapMax, $"{inWindow} treatments in {policy.CapWindow}, {policy.CapMax} are allowed");
                if (i > 0) Assert.True(given[i] - given[i - 1] >= policy.CoolDown);
            }
        });
    }

    [Fact]
    public void CapAndCoolDown_HoldForTheFloodToo()
    {
        // Many rules, each event a trigger, no consent, nothing in the way: the ledger overflows and still knows what was given.
        var rules = string.Join(',', Enumerable.Range(0, 50).Select(static i =>
            $"{{\"id\":\"r{i}\",\"on\":\"any_event\",\"action\":\"a\",\"once_per\":\"session\",\"priority\":{i % 7}}}"));
        var policy = Acting.Parse($"\"quiet_hours\":{{\"from\":\"20:00\",\"to\":\"08:00\"}},\"cool_down\":\"1m\","
            + $"\"frequency_cap\":{{\"max\":32,\"window\":\"10d\"}},\"rules\":[{rules}]");
        var acting = new Acting(policy);
        for (var day = 0; day < 25; day++) acting.Do(string.Concat(Enumerable.Repeat("browse; wait 7m; ", 9)) + "wait 21h");

        var given = Given(acting).Select(static decision => decision.DecidedAt).ToArray();
        Assert.InRange(given.Length, 33, 100);
        Assert.All(given, at => Assert.True(given.Count(other => other <= at && at - other < policy.CapWindow) <= 32));
        Assert.All(given.Skip(1).Zip(given), static pair => Assert.True(pair.First - pair.Second >= TimeSpan.FromMinutes(1)));
        Assert.Equal(DecisionLedger.EntriesMax, acting.State.Ledger!.Entries.Count);
    }

    [Fact]
    public void Treatments_HappenOnceAnEpisode()
    {
        Law.Holds(150, static seed =>
        {
            var acting = Live(seed, out _);
            var given = Given(acting).Select(static decision => decision.Id).ToArray();
            Assert.Equal(given.Distinct(), given);
            var episodes = Given(acting).Select(static decision => (decision.Rule, decision.Entry.Episode)).ToArray();
            Assert.Equal(episodes.Distinct(), episodes);
        });
    }

    [Fact]
    public void Turns_GiveAtMostOneTreatment()
    {
        Law.Holds(100, static seed =>
            Live(seed, out _, static output => Assert.InRange(output.Decisions.Count(static decision => decision.IsAction), 0, 1)));
    }

    [Fact]
    public void HeldOutCustomers_AreNeverTreated()
    {
        Law.Holds(100, static seed =>
        {
            var acting = Live(seed, out _);
            if (acting.Maker.IsHeldOut(acting.State.Id))
            {
                Assert.Empty(Given(acting));
                Assert.All(acting.Decisions, static decision => Assert.Equal(SuppressionReason.HoldOut, decision.Reason));
            }
            else
            {
                Assert.DoesNotContain(acting.Decisions, static decision => decision.Reason == SuppressionReason.HoldOut);
            }
        });
    }

    [Fact]
    public void Treatments_RespectConsentAndQuietHours()
    {
        Law.Holds(150, static seed =>
        {
            CustomerState? state = null;
            Policy? policy = null;
            var acting = Live(seed, out _, Check, (made, rules) => (state, policy) = (made, rules));

            void Check(DecisionOutput output)
            {
                foreach (var decision in output.Decisions.Where(static decision => decision.IsAction))
                {
                    var rule = policy!.Rules.Single(rule => rule.Id == decision.Rule);
                    if (rule.Consent is { } purpose)
                    {
                        var isKnown = (state!.Person?.Consents ?? new Dictionary<string, bool>()).TryGetValue(purpose, out var isGranted);
                        Assert.True(isKnown ? isGranted : !policy.ConsentIsRequired);
                    }

                    if (rule.IgnoresQuietHours || policy.QuietHours is null) continue;
                    Assert.Equal(decision.DecidedAt, policy.QuietHours.EndOf(decision.DecidedAt, state!.Person?.TimeZone));
                }
            }
        });
    }

    [Fact]
    public void DeferredDecisions_AlwaysComeBack()
    {
        Law.Holds(150, static seed =>
        {
            var acting = Live(seed, out _, after: static (state, _) => Assert.All(
                state.Ledger?.Entries ?? [], static entry =>
                    Assert.True(entry.Status != DecisionStatus.Deferred || entry.DueAt != Instant.Never)));
            acting.Scenario.Wait(TimeSpan.FromDays(400));
            Assert.DoesNotContain(acting.State.Ledger?.Entries ?? [], static entry => entry.Status == DecisionStatus.Deferred);
            foreach (var deferred in acting.Decisions.Where(static decision => (string?)decision.ReadRecord()["status"] == "deferred"))
            {
                Assert.NotEqual("deferred", (string?)acting.Decisions.Last(other => other.Id == deferred.Id).ReadRecord()["status"]);
            }
        });
    }

    [Fact]
    public void Outcomes_ComeOnceForWhatIsFollowed()
    {
        Law.Holds(150, static seed =>
        {
            var acting = Live(seed, out _);
            acting.Scenario.Wait(TimeSpan.FromDays(200));

            // A suppressed decision that left the ledger can be made again, under the same id.
            if (acting.Decisions.Count > DecisionLedger.EntriesMax) return;
            Assert.Equal(acting.Outcomes.Count, acting.Outcomes.Select(static outcome => outcome.DecisionId).Distinct().Count());
            var followed = acting.Decisions
                .Where(static decision => decision.IsAction || decision.Reason == SuppressionReason.HoldOut)
                .Select(static decision => decision.Id).ToHashSet();
            Assert.All(acting.Outcomes, outcome => Assert.Contains(outcome.DecisionId, followed));
            Assert.Equal(followed.Count, acting.Outcomes.Count);
            Assert.DoesNotContain(acting.State.Ledger?.Entries ?? [], static entry =>
                entry.Outcome == OutcomeKind.Open && entry.AttributionEndsAt.HasValue);
        });
    }

    [Fact]
    public void Deciding_ChangesNothingButTheLedger()
    {
        Law.Holds(80, static seed =>
        {
            var acting = Live(seed, out _);
            var state = Fold.Copy(acting.State);
            state.Ledger = null;
            state.SetScores(default, 0, Instant.None);
            var plain = Fold.Plain(Moved(seed));
            Fold.Machine.AdvanceTo(plain, acting.Scenario.Now, new EffectBuffer());
            Assert.Equal(Fold.Bytes(plain), Fold.Bytes(state));
        });
    }

    [Fact]
    public void NextDeadline_AfterATurn_LiesAhead()
    {
        Law.Holds(80, static seed =>
        {
            Live(seed, out _, after: (state, now) => Assert.True(Fold.Machine.NextDeadline(state) > now));
        });
    }

    [Fact]
    public void SameHistory_SamePolicy_SameDecisions()
    {
        Law.Holds(60, static seed =>
        {
            var (first, second) = (Live(seed, out _), Live(seed, out _));
            Assert.Equal(first.Decisions.Select(static decision => Encoding.UTF8.GetString(decision.Record.Span)),
                second.Decisions.Select(static decision => Encoding.UTF8.GetString(decision.Record.Span)));
            Assert.Equal(Fold.Bytes(first.State), Fold.Bytes(second.State));
        });
    }

    private static IEnumerable<Decision> Given(Acting acting) =>
        acting.Decisions.Where(static decision => (string?)decision.ReadRecord()["status"] == "decided");

    /// <summary>Histories in the calendar of the scenario, so that nights and days mix.</summary>
    private static List<CustomerEvent> Moved(int seed)
    {
        var events = History.Of(seed, 150);
        var shift = events[0].OccurredAt - Make.Start;
        return [.. events.Select(item => item with { OccurredAt = item.OccurredAt - shift, IngestedAt = item.IngestedAt - shift })];
    }

    private static Acting Live(
        int seed, out Policy policy, Action<DecisionOutput>? check = null, Action<CustomerState, Policy>? begin = null,
        Action<CustomerState, Instant>? after = null)
    {
        var random = new Random(seed);
        policy = RandomPolicy(random);
        Acting? acting = null;
        acting = new Acting(policy)
        {
            AfterTurn = output =>
            {
                check?.Invoke(output);
                after?.Invoke(acting!.State, acting.Scenario.Now);
            },
        };
        begin?.Invoke(acting.State, policy);
        foreach (var item in Moved(seed))
        {
            // Sometimes every deadline gets a turn of its own, sometimes the event's turn fires them all.
            if (random.Next(3) != 0) acting.Scenario.WaitUntil(item.OccurredAt);
            acting.State.SetScores(new HeadScores(random.NextSingle(), random.NextSingle(), random.NextSingle()), 1, item.OccurredAt);
            acting.Scenario.Apply(item);
        }

        acting.State.MarkDegraded();
        return acting;
    }

    private static Policy RandomPolicy(Random random)
    {
        string[] triggers = ["any_event", "product_viewed", "cart_added", "order_completed", .. Enum.GetValues<EffectKind>()
            .Where(static kind => kind < EffectKind.DecisionDue).Select(EffectKinds.WireName)];
        string[] scopes = ["trigger", "cart", "session", "day", "ever"];
        string[] conditions = ["churn >= 0.5", "cart_value > 10", "segment = buyer", "orders >= 1", "segment != dormant", "cart_items < 4"];
        var rules = string.Join(',', Enumerable.Range(0, 1 + random.Next(12)).Select(i =>
            $"{{\"id\":\"r{i}\",\"on\":[\"{Pick(triggers)}\",\"{Pick(triggers)}\"],\"action\":\"a\","
            + $"\"priority\":{random.Next(5)},\"once_per\":\"{Pick(scopes)}\""
            + (random.Next(2) == 0 ? $",\"when\":\"{Pick(conditions)}\"" : "")
            + (random.Next(3) == 0 ? ",\"consent\":\"marketing\"" : "")
            + (random.Next(5) == 0 ? ",\"ignore_quiet_hours\":true" : "") + "}"));
        var quiet = random.Next(3) == 0 ? ""
            : $"\"quiet_hours\":{{\"from\":\"{random.Next(24):d2}:00\",\"to\":\"{random.Next(24):d2}:30\"}},";
        return Acting.Parse(
            $"{quiet}\"frequency_cap\":{{\"max\":{random.Next(6)},\"window\":\"{1 + random.Next(10)}d\"}},"
            + $"\"cool_down\":\"{random.Next(48)}h\","
            + $"\"hold_out\":{{\"fraction\":0.3,\"salt\":\"{random.Next()}\"}},"
            + $"\"consent_required\":{(random.Next(2) == 0 ? "true" : "false")},"
            + $"\"attribution_window\":\"{1 + random.Next(20)}d\",\"time_zone\":\"Europe/Berlin\",\"rules\":[{rules}]");

        string Pick(string[] from) => from[random.Next(from.Length)];
    }
}
