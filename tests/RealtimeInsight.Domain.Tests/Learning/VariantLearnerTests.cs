using System.Buffers;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Learning;

public sealed class VariantLearnerTests
{
    private static readonly Instant s_start = new(1_780_000_000_000);

    /// <summary>Rates of the variants' rewards, the third the best.</summary>
    private static readonly double[] s_rates = [0.04, 0.06, 0.10, 0.05];

    [Fact]
    public void Thompson_AgainstUniform_EarnsMoreOnHeldOutDraws()
    {
        // Each seed is a shop of its own: draws of customers' answers that no choice was made on.
        var (thompson, uniform, best) = (0.0, 0.0, 0.0);
        for (var seed = 0; seed < 20; seed++)
        {
            thompson += Earned("thompson", seed, out var last);
            uniform += Earned("uniform", seed, out _);
            best += last;
        }

        Assert.True(thompson > uniform * 1.25, $"{thompson} rewards against {uniform}");
        Assert.True(best / 20 > 0.5, $"the best variant is chosen with {best / 20:0.00} in the end");
    }

    [Fact]
    public void Thompson_WhenTheBestChanges_FollowsWithinHalfLives()
    {
        var (policy, learner) = Learner("thompson", halfLife: "3d");
        Live(policy, learner, s_rates, seed: 1, from: 0, days: 20, perDay: 1000);
        Assert.True(learner.OddsOf(policy.Rules[0])[2].Probability > 0.6);

        Live(policy, learner, [0.10, 0.06, 0.02, 0.05], seed: 2, from: 20, days: 20, perDay: 1000);

        Assert.True(learner.OddsOf(policy.Rules[0])[0].Probability > 0.6);
    }

    [Fact]
    public void Odds_NeverFallBelowTheExploredPart() => Law.Holds(5, seed =>
    {
        var (policy, learner) = Learner("thompson");
        Live(policy, learner, [0, 0, 1, 0], seed, from: 0, days: 8);

        var odds = learner.OddsOf(policy.Rules[0]);
        Assert.All(odds, static one => Assert.True(one.Probability >= 0.05 / 4));
        Assert.Equal(1, odds.Sum(static one => one.Probability), tolerance: 1e-9);
    });

    [Fact]
    public void Odds_WhileFrozen_StayAndAreCaughtUpAfterwards()
    {
        var (policy, learner) = Learner("thompson");
        var (_, free) = Learner("thompson");
        learner.IsFrozen = true;
        foreach (var one in (VariantLearner[])[learner, free])
        {
            Live(policy, one, s_rates, seed: 3, from: 0, days: 10, EqualChooser.Instance);
        }

        Assert.All(learner.OddsOf(policy.Rules[0]), static one => Assert.Equal(0.25, one.Probability, tolerance: 1e-9));

        learner.IsFrozen = false;

        Assert.Equal(free.OddsOf(policy.Rules[0]), learner.OddsOf(policy.Rules[0]));
    }

    [Fact]
    public void Reset_ForgetsAndDoesNotCountWhatWasDecidedBefore()
    {
        var (policy, learner) = Learner("thompson");
        Live(policy, learner, s_rates, seed: 4, from: 0, days: 10);
        var now = s_start + TimeSpan.FromDays(10);

        learner.Reset(now);
        learner.NoteOutcome(new GivenVariant("offer", "c", now - TimeSpan.FromHours(1)), OutcomeKind.Recovered, now);
        learner.NoteGiven(new GivenVariant("offer", "c", now));

        Assert.All(learner.Read(), static one => Assert.Equal((0.0, 0.0, 0L), (one.Given, one.Rewarded, one.Open)));
    }

    [Fact]
    public void Load_OfASnapshot_RollsBackToIt()
    {
        var (policy, learner) = Learner("thompson");
        Live(policy, learner, s_rates, seed: 5, from: 0, days: 10);
        var snapshot = Bytes(learner);
        var then = learner.Read();
        Live(policy, learner, [1, 0, 0, 0], seed: 6, from: 10, days: 10);
        Assert.NotEqual(then[0].Posterior, learner.Read()[0].Posterior);

        Load(learner, snapshot, s_start + TimeSpan.FromDays(20));

        Assert.Equal(
            then.Select(static one => (one.Posterior, one.Probability)),
            learner.Read().Select(static one => (one.Posterior, one.Probability)));
        Assert.All(learner.Read(), static one => Assert.Equal(0, one.Open));
    }

    [Fact]
    public void Load_GoesOnTheSame()
    {
        var (policy, before) = Learner("thompson");
        Live(policy, before, s_rates, seed: 7, from: 0, days: 6);
        var (_, after) = Learner("thompson");
        Load(after, Bytes(before), null);

        foreach (var one in (VariantLearner[])[before, after]) Live(policy, one, s_rates, seed: 8, from: 6, days: 6);

        Assert.Equal(before.Read(), after.Read());
        Assert.Equal(Bytes(before), Bytes(after));
    }

    [Fact]
    public void Load_UnderAnotherPolicy_KeepsWhatIsStillThere()
    {
        var (policy, before) = Learner("thompson");
        Live(policy, before, s_rates, seed: 9, from: 0, days: 6);
        var changed = Policy.Parse(System.Text.Json.Nodes.JsonNode.Parse(
            Document("thompson").Replace("{\"id\":\"a\"},", "{\"id\":\"z\"},", StringComparison.Ordinal))!);
        var after = new VariantLearner(changed);

        Load(after, Bytes(before), null);

        var kept = after.Read().ToDictionary(static one => one.Variant);
        Assert.Equal(BetaPosterior.Unknown, kept["z"].Posterior);
        Assert.Equal(before.Read().Single(static one => one.Variant == "c").Posterior, kept["c"].Posterior);
    }

    [Fact]
    public void Format_DoesNotChange()
    {
        var (_, learner) = Learner("thompson");
        foreach (var (variant, hours) in new[] { ("a", 0), ("b", 1), ("c", 2), ("c", 80) })
        {
            var given = new GivenVariant("offer", variant, s_start + TimeSpan.FromHours(hours));
            learner.NoteGiven(given);
            learner.NoteOutcome(given, OutcomeKind.Recovered, given.DecidedAt + TimeSpan.FromMinutes(1));
        }

        learner.IsFrozen = true;
        var (_, read) = Learner("thompson");
        Load(read, GoldenFile.Bytes("variants-v1.hex"), null);

        // The last digits of what is computed may be another machine's; what is read and written again is the same to the bit.
        GoldenFile.Expect("variants-v1.hex", Bytes(read));
        Assert.Equal(Bytes(learner).Length, Bytes(read).Length);
        foreach (var (made, kept) in learner.Read().Zip(read.Read()))
        {
            Assert.Equal((made.Rule, made.Variant, made.Open), (kept.Rule, kept.Variant, kept.Open));
            Assert.Equal(made.Probability, kept.Probability, tolerance: 1e-12);
            Assert.Equal(made.Given, kept.Given, tolerance: 1e-12);
            Assert.Equal(made.Rewarded, kept.Rewarded, tolerance: 1e-12);
        }
    }

    [Fact]
    public void Load_OfDamagedBytes_IsRefusedAndChangesNothing() => Law.Holds(60, seed =>
    {
        var random = new Random(seed);
        var (policy, learner) = Learner("thompson");
        Live(policy, learner, s_rates, seed: 10, from: 0, days: 2);
        var (before, bytes) = (learner.Read(), Bytes(learner));
        var cut = bytes[..random.Next(bytes.Length)];

        Assert.Throws<FormatException>(() => Load(learner, cut, null));
        Assert.Equal(before, learner.Read());
    });

    private static (Policy Policy, VariantLearner Learner) Learner(string by, string halfLife = "30d")
    {
        var policy = Policy.Parse(System.Text.Json.Nodes.JsonNode.Parse(Document(by, halfLife))!);
        return (policy, new VariantLearner(policy));
    }

    private static string Document(string by, string halfLife = "30d") => Acting.Document(
        "\"rules\":[{\"id\":\"offer\",\"on\":\"cart_abandoned\",\"action\":\"coupon\","
        + "\"variants\":[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"},{\"id\":\"d\"}],"
        + $"\"choose\":{{\"by\":\"{by}\",\"half_life\":\"{halfLife}\",\"reward_within\":\"24h\"}}}}]");

    private static double Earned(string by, int seed, out double best)
    {
        var (policy, learner) = Learner(by);
        var earned = Live(policy, learner, s_rates, seed, from: 0, days: 30);
        best = learner.OddsOf(policy.Rules[0])[2].Probability;
        return earned;
    }

    /// <summary>A shop with so many decisions a day, whose rewards come within a day; returns how many.</summary>
    private static int Live(
        Policy policy, VariantLearner learner, double[] rates, int seed, int from, int days, IVariantChooser? chooser = null,
        int perDay = 100)
    {
        var (random, rule, rewards) = (new Random(seed), policy.Rules[0], new PriorityQueue<GivenVariant, long>());
        var earned = 0;
        for (var i = 0; i < days * perDay; i++)
        {
            var now = s_start + TimeSpan.FromDays(from + (i / (double)perDay));
            Reward(now);
            var choice = VariantChoice.Of($"dec_{seed}_{i}", rule.Choose!.Seed, (chooser ?? learner).OddsOf(rule));
            var given = new GivenVariant(rule.Id, rule.Variants[choice.Index].Id, now);
            learner.NoteGiven(given);
            if (random.NextDouble() >= rates[choice.Index]) continue;
            earned++;
            rewards.Enqueue(given, (now + TimeSpan.FromHours(24 * random.NextDouble())).UnixMs);
        }

        Reward(Instant.Never);
        return earned;

        void Reward(Instant upTo)
        {
            while (rewards.TryPeek(out _, out var due) && due <= upTo.UnixMs)
            {
                learner.NoteOutcome(rewards.Dequeue(), OutcomeKind.Recovered, new Instant(due));
            }
        }
    }

    private static byte[] Bytes(VariantLearner learner)
    {
        var output = new ArrayBufferWriter<byte>();
        learner.Write(output);
        return output.WrittenSpan.ToArray();
    }

    private static void Load(VariantLearner learner, byte[] bytes, Instant? rolledBackAt)
    {
        var reader = new ByteReader(bytes);
        learner.Load(ref reader, rolledBackAt);
    }
}
