using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Learning;

/// <summary>
/// What a policy's variants turned out to be worth, and how likely each is to be chosen from now on. One learns, any thread asks. What is
/// asked changes only when a slot of <see cref="VariantTally"/> is over, and not while the rule is frozen.
/// </summary>
public sealed class VariantLearner : IVariantChooser
{
    private const byte FormatVersion = 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Rule> _rules = new(StringComparer.Ordinal);
    private Instant _since = Instant.None;
    private Instant _newest = Instant.None;
    private bool _isFrozen;

    public VariantLearner(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        foreach (var rule in policy.Rules)
        {
            if (rule.Choose is { } choose) _rules.Add(rule.Id, new Rule(rule, choose));
        }
    }

    /// <summary>False for a policy without variants: there is nothing to learn.</summary>
    public bool HasVariants => _rules.Count > 0;

    /// <summary>While true the probabilities stay as they are; decisions and rewards are counted all the same.</summary>
    public bool IsFrozen
    {
        get
        {
            lock (_gate) return _isFrozen;
        }

        set
        {
            lock (_gate)
            {
                _isFrozen = value;
                if (!value) foreach (var rule in _rules.Values) rule.Settle();
            }
        }
    }

    public IReadOnlyList<VariantOdds> OddsOf(PolicyRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return _rules.TryGetValue(rule.Id, out var known) ? known.Odds : EqualChooser.Instance.OddsOf(rule);
    }

    /// <summary>A decision gave a variant. Variants that the policy does not have (any more) are left out.</summary>
    public void NoteGiven(GivenVariant given)
    {
        ArgumentNullException.ThrowIfNull(given);
        lock (_gate)
        {
            if (TallyOf(given) is { } tally)
            {
                tally.NoteGiven(given.DecidedAt);
                Reach(given.DecidedAt);
            }
        }
    }

    /// <summary>What became of a decision that gave a variant.</summary>
    public void NoteOutcome(GivenVariant given, OutcomeKind outcome, Instant at)
    {
        ArgumentNullException.ThrowIfNull(given);
        lock (_gate)
        {
            var isInTime = outcome == OutcomeKind.Recovered && _rules.TryGetValue(given.Rule, out var rule)
                && at - given.DecidedAt <= rule.Choose.RewardWithin;
            if (isInTime && TallyOf(given) is { } tally) tally.NoteRewarded(given.DecidedAt);
            Reach(at);
        }
    }

    /// <summary>By rule, in the policy's order of variants.</summary>
    public IReadOnlyList<LearnedVariant> Read()
    {
        lock (_gate) return [.. _rules.Values.SelectMany(static rule => rule.Read())];
    }

    /// <summary>Back to knowing nothing; decisions made before are not counted any more.</summary>
    public void Reset(Instant now)
    {
        lock (_gate)
        {
            _since = now;
            foreach (var rule in _rules.Values) rule.Reset();
        }
    }

    public void Write(System.Buffers.IBufferWriter<byte> output)
    {
        var writer = new ByteWriter(output);
        lock (_gate)
        {
            writer.Byte(FormatVersion);
            writer.Time(_since);
            writer.Time(_newest);
            writer.Bool(_isFrozen);
            writer.Unsigned((ulong)_rules.Count);
            foreach (var (id, rule) in _rules)
            {
                writer.Text(id);
                rule.Write(writer);
            }
        }
    }

    /// <summary>
    /// Takes over what <see cref="Write"/> wrote, by the names of rules and variants: those that are new begin with nothing, those that are
    /// gone are left out. Where a rule's times are others now, its decisions that wait for a reward are left out too.
    /// </summary>
    /// <param name="rolledBackAt">
    /// When this takes the place of what was learned later: decisions up to then that the bytes do not count are not counted any more. Null
    /// when learning goes on where the bytes end.
    /// </param>
    /// <exception cref="FormatException">It is something else; nothing has changed.</exception>
    public void Load(ref ByteReader reader, Instant? rolledBackAt = null)
    {
        var version = reader.Byte();
        if (version != FormatVersion) throw reader.Malformed($"variants have format {version}, this program reads {FormatVersion}");
        var (since, newest, isFrozen) = (reader.Time(), reader.Time(), reader.Bool());
        var read = new List<(string Id, StoredRule Stored)>();
        for (var left = reader.Count(Policy.RulesMax); left > 0; left--) read.Add((reader.Text(), StoredRule.Read(ref reader)));
        lock (_gate)
        {
            (_since, _newest, _isFrozen) = (rolledBackAt ?? since, newest, isFrozen);
            foreach (var rule in _rules.Values) rule.Reset();
            foreach (var (id, stored) in read)
            {
                if (_rules.TryGetValue(id, out var rule)) rule.Take(stored, dropOpen: rolledBackAt is not null, isFrozen);
            }
        }
    }

    private VariantTally? TallyOf(GivenVariant given) =>
        given.DecidedAt > _since && _rules.TryGetValue(given.Rule, out var rule) ? rule.TallyOf(given.Variant) : null;

    private void Reach(Instant now)
    {
        if (now <= _newest) return;
        _newest = now;
        foreach (var rule in _rules.Values) rule.Reach(now, _isFrozen);
    }

    /// <summary>What was stored of one rule.</summary>
    private sealed record StoredRule(
        TimeSpan RewardWithin, TimeSpan HalfLife, VariantOdds[] Odds, (string Id, VariantTally Tally)[] Variants)
    {
        public static StoredRule Read(ref ByteReader reader)
        {
            var (within, halfLife) = (Span(ref reader), Span(ref reader));
            var count = reader.Count(VariantRule.VariantsMax);
            var odds = new VariantOdds[count];
            var variants = new (string, VariantTally)[count];
            for (var i = 0; i < count; i++)
            {
                var id = reader.Text();
                odds[i] = new VariantOdds(reader.Double(), reader.Double(), reader.Double());
                var tally = new VariantTally(within, halfLife);
                tally.Read(ref reader);
                variants[i] = (id, tally);
            }

            return new StoredRule(within, halfLife, odds, variants);
        }

        private static TimeSpan Span(ref ByteReader reader) => reader.Signed() is > 0 and < long.MaxValue / 10_000 and var ms
            ? TimeSpan.FromMilliseconds(ms) : throw reader.Malformed("a time of a rule is not above 0");
    }

    private sealed class Rule
    {
        private readonly string _id;
        private readonly string[] _variants;
        private readonly VariantTally[] _tallies;
        private volatile VariantOdds[] _odds;

        public Rule(PolicyRule rule, VariantRule choose)
        {
            (_id, Choose) = (rule.Id, choose);
            _variants = [.. rule.Variants.Select(static variant => variant.Id)];
            _tallies = new VariantTally[_variants.Length];
            _odds = [];
            Reset();
        }

        public VariantRule Choose { get; }

        public VariantOdds[] Odds => _odds;

        public VariantTally? TallyOf(string variant) => Array.IndexOf(_variants, variant) is >= 0 and var at ? _tallies[at] : null;

        public void Reach(Instant now, bool isFrozen)
        {
            var isOver = false;
            foreach (var tally in _tallies) isOver |= tally.Reach(now);
            if (isOver && !isFrozen) Settle();
        }

        /// <summary>From now on chosen by what counts now.</summary>
        public void Settle()
        {
            var posteriors = Array.ConvertAll(_tallies, static tally => tally.Posterior);
            var best = new double[posteriors.Length];
            if (Choose.By == VariantMethod.Thompson) BestVariant.Probabilities(posteriors, best);
            var explore = Choose.By == VariantMethod.Thompson ? Choose.Explore : 1;
            var equal = explore / best.Length;
            _odds = [.. best.Select((one, i) => new VariantOdds(((1 - explore) * one) + equal, posteriors[i].Alpha, posteriors[i].Beta))];
        }

        public void Reset()
        {
            for (var i = 0; i < _tallies.Length; i++) _tallies[i] = new VariantTally(Choose.RewardWithin, Choose.HalfLife);
            Settle();
        }

        public void Take(StoredRule stored, bool dropOpen, bool isFrozen)
        {
            var isSame = stored.RewardWithin == Choose.RewardWithin && stored.HalfLife == Choose.HalfLife;
            foreach (var (id, tally) in stored.Variants)
            {
                var at = Array.IndexOf(_variants, id);
                if (at < 0) continue;
                if (dropOpen || !isSame) tally.DropOpen();
                _tallies[at] = isSame ? tally : tally.With(Choose.RewardWithin, Choose.HalfLife);
            }

            // What was in force stays in force while frozen, however far learning went on.
            if (isFrozen && stored.Variants.Select(static variant => variant.Id).SequenceEqual(_variants)) _odds = stored.Odds;
            else Settle();
        }

        public IEnumerable<LearnedVariant> Read() => _variants.Select((variant, i) => new LearnedVariant(
            _id, variant, _odds[i].Probability, _tallies[i].Posterior, _tallies[i].Given, _tallies[i].Rewarded, _tallies[i].Open));

        public void Write(ByteWriter writer)
        {
            writer.Signed((long)Choose.RewardWithin.TotalMilliseconds);
            writer.Signed((long)Choose.HalfLife.TotalMilliseconds);
            writer.Unsigned((ulong)_variants.Length);
            for (var i = 0; i < _variants.Length; i++)
            {
                writer.Text(_variants[i]);
                writer.Double(_odds[i].Probability);
                writer.Double(_odds[i].Alpha);
                writer.Double(_odds[i].Beta);
                _tallies[i].Write(writer);
            }
        }
    }
}

/// <param name="Probability">With which it is chosen now.</param>
/// <param name="Posterior">By what counts now; what is in force may be older while frozen.</param>
/// <param name="Given">Decisions that count, decayed.</param>
/// <param name="Rewarded">Rewards among them, decayed.</param>
/// <param name="Open">Decisions whose time for a reward has not passed.</param>
public sealed record LearnedVariant(
    string Rule, string Variant, double Probability, BetaPosterior Posterior, double Given, double Rewarded, long Open);
