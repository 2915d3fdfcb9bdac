using System.Globalization;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>
/// Decides in one turn: trigger, conditions, once an episode, hold-out, consent, frequency cap, cool-down, quiet hours, then the highest
/// priority. Pure: clock and scores come with the state and the arguments. Changes only the customer's ledger.
/// </summary>
/// <param name="policy">What to do for whom.</param>
/// <param name="chooser">Says how likely each variant of a rule is; null for all alike.</param>
/// <param name="shop">What the whole shop does; null: conditions on it are not met.</param>
public sealed class DecisionMaker(Policy policy, IVariantChooser? chooser = null, IShopView? shop = null)
{
    private static readonly string DueTrigger = EffectKinds.WireName(EffectKind.DecisionDue);
    private const ulong IdSeed = 0x5265616C74696D65; // Half of the 128-bit id; the other half uses seed 0.
    private readonly uint _effectMask = policy.Rules.Aggregate(0u, static (mask, rule) => mask | rule.EffectMask);
    private readonly uint _eventMask = policy.Rules.Aggregate(0u, static (mask, rule) => mask | rule.EventMask);

    private readonly IShopView? _shop = shop;
    private readonly IVariantChooser _chooser = chooser ?? EqualChooser.Instance;

    public Policy Policy { get; } = policy;

    /// <summary>Share of hash space below the customer: held out when less than the policy's fraction.</summary>
    public static double HoldOutDraw(CustomerId customer, string salt) =>
        StableHash.Combine(customer.StableHash, StableHash.Of(salt)) / (ulong.MaxValue + 1.0);

    public bool IsHeldOut(CustomerId customer) => HoldOutDraw(customer, Policy.HoldOutSalt) < Policy.HoldOutFraction;

    /// <summary>Evaluates the policy for what just happened to one customer. Without anything to do it costs a few comparisons.</summary>
    /// <param name="state">After the event or deadline, with its scores.</param>
    /// <param name="effects">Of this turn.</param>
    /// <param name="trigger">The event of the turn; null for deadlines.</param>
    /// <param name="now">The moment of deciding: wall clock live, due or event time in replay.</param>
    /// <param name="model">Model that made the scores, for the record.</param>
    /// <param name="output">Receives decisions and outcomes.</param>
    public void Decide(
        CustomerState state, ReadOnlySpan<Effect> effects, CustomerEvent? trigger, Instant now, string? model, DecisionOutput output)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(output);
        if (state.Ledger is { Entries.Count: > 0 }) Settle(state, effects, trigger, output);
        var hasEventRule = trigger is not null && (_eventMask & (1u << (int)trigger.Kind)) != 0;
        var mask = 0u;
        foreach (ref readonly var effect in effects) mask |= 1u << (int)effect.Kind;
        var isDue = (mask & (1u << (int)EffectKind.DecisionDue)) != 0;
        if (!hasEventRule && !isDue && (mask & _effectMask) == 0) return;
        var turn = new Turn(this, state, trigger, now, model, output);
        if (isDue) turn.TakeDeferred(effects);
        foreach (var rule in Policy.Rules)
        {
            if (hasEventRule && (rule.EventMask & (1u << (int)trigger!.Kind)) != 0) turn.Consider(rule, null);
            if ((rule.EffectMask & mask) == 0) continue;
            foreach (ref readonly var effect in effects)
            {
                if ((rule.EffectMask & (1u << (int)effect.Kind)) != 0) turn.Consider(rule, effect);
            }
        }

        turn.Finish();
    }

    /// <summary>Notes what became of earlier decisions: an order, a return, or the end of the attribution window.</summary>
    private static void Settle(CustomerState state, ReadOnlySpan<Effect> effects, CustomerEvent? trigger, DecisionOutput output)
    {
        var mayRecover = trigger is { Kind: EventKind.OrderCompleted };
        foreach (ref readonly var effect in effects)
        {
            mayRecover |= effect.Kind is EffectKind.CartConverted or EffectKind.Reactivated;
            if (effect.Kind == EffectKind.AttributionEnded)
            {
                var ended = state.Ledger!.Entries[effect.Number];
                output.Outcomes.Add(new DecisionOutcome(ended.DecisionId, state.Id, OutcomeKind.NotRecovered, effect.At, 0m)
                {
                    Given = ended.Given,
                });
            }
        }

        // Most events recover nothing, and the ledger of a customer of many visits is long.
        if (!mayRecover) return;
        foreach (var entry in state.Ledger!.Entries)
        {
            if (entry.Outcome != OutcomeKind.Open || !entry.AttributionEndsAt.HasValue) continue;
            if (!IsRecovery(entry, effects, trigger, out var at, out var value)) continue;
            entry.Outcome = OutcomeKind.Recovered;
            output.Outcomes.Add(
                new DecisionOutcome(entry.DecisionId, state.Id, OutcomeKind.Recovered, at, value) { Given = entry.Given });
        }
    }

    private static bool IsRecovery(
        LedgerEntry entry, ReadOnlySpan<Effect> effects, CustomerEvent? trigger, out Instant at, out decimal value)
    {
        foreach (ref readonly var effect in effects)
        {
            (at, value) = (effect.At, effect.Value);
            if (Episodes.IsRecovery(entry.Episode, effect)) return true;
        }

        (at, value) = (trigger?.OccurredAt ?? Instant.None, trigger?.Amount ?? 0m);
        return trigger is { Kind: EventKind.OrderCompleted } && !Episodes.IsCart(entry.Episode) && trigger.OccurredAt > entry.DecidedAt;
    }

    /// <summary>A rule that applies: what it would decide, and for a decision that came due its entry.</summary>
    private readonly record struct Found(
        PolicyRule Rule,
        string Id,
        string Episode,
        string TriggerName,
        Instant TriggerAt,
        SuppressionReason Reason,
        LedgerEntry? Deferred);

    /// <summary>One evaluation of the policy: gathers candidates, then gives at most one treatment.</summary>
    private sealed class Turn(
        DecisionMaker maker, CustomerState state, CustomerEvent? trigger, Instant now, string? model, DecisionOutput output)
    {
        private readonly List<Found> _found = [];
        private readonly List<CandidateResult> _results = [];
        private ShopValues? _shop;

        /// <summary>Looked up once: others change it meanwhile, and the record says what the conditions saw.</summary>
        private ShopValues? Shop => _shop ??= maker._shop?.ValuesOf(state);

        /// <summary>Deferred decisions that came due are considered before new ones, highest priority first, under their old id.</summary>
        public void TakeDeferred(ReadOnlySpan<Effect> effects)
        {
            var due = new List<Found>();
            foreach (ref readonly var effect in effects)
            {
                if (effect.Kind != EffectKind.DecisionDue) continue;
                var entry = state.Ledger!.Entries[effect.Number];
                var rule = maker.Policy.Rules.FirstOrDefault(candidate => candidate.Id == entry.Rule);
                if (rule is not null && Episodes.StillHolds(state, entry.Episode, rule) && AreMet(rule, entry.Episode))
                {
                    due.Add(new Found(rule, entry.DecisionId, entry.Episode, DueTrigger, effect.At, Check(rule), entry));
                }
                else
                {
                    Add(rule ?? Gone(entry), Dropped(entry, SuppressionReason.ConditionsChanged), DueTrigger, effect.At);
                }
            }

            _found.AddRange(due.OrderByDescending(static found => found.Rule.Priority));
        }

        public void Consider(PolicyRule rule, Effect? effect)
        {
            if (Episodes.Of(state, rule, effect, now) is not { } episode) return;
            if (effect is { } cause && !Episodes.StillHolds(state, cause)) return;
            if (state.Ledger?.Has(rule.Id, episode) == true) return;
            var id = IdOf(rule, episode);
            if (_found.Any(found => ReferenceEquals(found.Rule, rule) && found.Episode == episode)) return;
            if (!AreMet(rule, episode))
            {
                _results.Add(new CandidateResult(rule.Id, "conditions"));
                return;
            }

            var name = effect is { } known ? EffectKinds.WireName(known.Kind) : EventKinds.WireName(trigger!.Kind);
            _found.Add(new Found(rule, id, episode, name, effect?.At ?? trigger!.OccurredAt, Check(rule), null));
        }

        public void Finish()
        {
            if (_found.Count == 0) return;
            var isGiven = false;
            var made = new List<(Found Found, LedgerEntry Entry, VariantChoice? Choice)>();
            foreach (var found in _found)
            {
                var isFree = found.Reason is SuppressionReason.None or SuppressionReason.QuietHours;
                if (isFree && isGiven)
                {
                    _results.Add(new CandidateResult(found.Rule.Id, DecisionRecord.WireName(SuppressionReason.LowerPriority)));
                    if (found.Deferred is { } deferred) made.Add((found, Dropped(deferred, SuppressionReason.LowerPriority), null));
                    continue;
                }

                isGiven |= isFree;
                var choice = ChoiceOf(found);
                var entry = MakeEntry(found, choice);
                _results.Add(new CandidateResult(found.Rule.Id, Name(entry)));
                made.Add((found, entry, choice));
            }

            foreach (var (found, entry, choice) in made) Add(found.Rule, entry, found.TriggerName, found.TriggerAt, choice);
        }

        private static string Name(LedgerEntry entry) => entry.Status == DecisionStatus.Suppressed
            ? DecisionRecord.WireName(entry.Reason)
            : DecisionRecord.WireName(entry.Status);

        /// <summary>Only what is given is chosen: a customer who is held out, or has to wait, is in nobody's experiment yet.</summary>
        private VariantChoice? ChoiceOf(in Found found) =>
            found.Rule.Choose is { } choose && found.Reason == SuppressionReason.None
                ? VariantChoice.Of(found.Id, choose.Seed, maker._chooser.OddsOf(found.Rule))
                : null;

        private LedgerEntry MakeEntry(in Found found, VariantChoice? choice) => new()
        {
            DecisionId = found.Id,
            Rule = found.Rule.Id,
            Action = choice is null ? found.Rule.Action : found.Rule.Variants[choice.Index].Action,
            Channel = found.Rule.Channel,
            Variant = choice is null ? null : found.Rule.Variants[choice.Index].Id,
            Episode = found.Episode,
            Status = found.Reason switch
            {
                SuppressionReason.None => DecisionStatus.Decided,
                SuppressionReason.QuietHours => DecisionStatus.Deferred,
                _ => DecisionStatus.Suppressed,
            },
            Reason = found.Reason,
            DecidedAt = now,
            DueAt = found.Reason == SuppressionReason.QuietHours ? QuietEnd(found.Rule) : Instant.None,

            // Held-out customers are followed like treated ones: the difference is what the treatments are worth.
            AttributionEndsAt = found.Reason is SuppressionReason.None or SuppressionReason.HoldOut
                ? now + maker.Policy.AttributionWindow : Instant.None,
        };

        private LedgerEntry Dropped(LedgerEntry entry, SuppressionReason reason) => new()
        {
            DecisionId = entry.DecisionId,
            Rule = entry.Rule,
            Action = entry.Action,
            Channel = entry.Channel,
            Episode = entry.Episode,
            Status = DecisionStatus.Dropped,
            Reason = reason,
            DecidedAt = now,
        };

        private void Add(PolicyRule rule, LedgerEntry entry, string triggerName, Instant triggerAt, VariantChoice? choice = null)
        {
            var given = Given();
            (state.Ledger ??= new DecisionLedger()).Put(entry);
            var inputs = new DecisionInputs(
                maker.Policy, rule, triggerName, triggerAt, trigger, model, HoldOutDraw(state.Id, maker.Policy.HoldOutSalt), given,
                _results, choice, Shop);
            output.Decisions.Add(new Decision
            {
                Id = entry.DecisionId,
                Customer = state.Id,
                Entry = entry,
                Record = DecisionRecord.Write(state, entry, inputs, output.Buffer),
            });
        }

        private bool AreMet(PolicyRule rule, string episode)
        {
            var cart = Episodes.CartOf(state, episode) ?? state.Cart;
            foreach (var condition in rule.When)
            {
                if (!condition.IsMet(state, cart, now, condition.LooksAtShop ? Shop : null)) return false;
            }

            return true;
        }

        private SuppressionReason Check(PolicyRule rule)
        {
            if (maker.IsHeldOut(state.Id)) return SuppressionReason.HoldOut;
            if (!HasConsent(rule)) return SuppressionReason.NoConsent;
            if (Given() >= maker.Policy.CapMax) return SuppressionReason.FrequencyCap;
            if (IsCoolingDown()) return SuppressionReason.CoolDown;
            return QuietEnd(rule) > now ? SuppressionReason.QuietHours : SuppressionReason.None;
        }

        private bool HasConsent(PolicyRule rule)
        {
            if (rule.Consent is not { } purpose) return true;
            if (state.Person is { } person && person.Consents.TryGetValue(purpose, out var isGranted)) return isGranted;
            return !maker.Policy.ConsentIsRequired;
        }

        private int Given() => state.Ledger?.Entries.Count(
            entry => entry.Status == DecisionStatus.Decided && entry.DecidedAt > now - maker.Policy.CapWindow) ?? 0;

        private bool IsCoolingDown() => state.Ledger?.Entries.Any(
            entry => entry.Status == DecisionStatus.Decided && entry.DecidedAt > now - maker.Policy.CoolDown) ?? false;

        private Instant QuietEnd(PolicyRule rule) => rule.IgnoresQuietHours || maker.Policy.QuietHours is not { } quiet
            ? now
            : quiet.EndOf(now, state.Person?.TimeZone);

        private string IdOf(PolicyRule rule, string episode)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{state.Id.Value}\n{maker.Policy.Name}\n{rule.Id}\n{episode}");
            var id = IdOf(text);
            if (state.Ledger?.Find(id) is null) return id;

            // Histories that were joined or parted have numbered their carts and sessions anew: the number was another's before.
            return IdOf(string.Create(CultureInfo.InvariantCulture, $"{text}\n{Episodes.BeganAt(state, episode).UnixMs}"));
        }

        private static string IdOf(string text) => DecisionId.Of(StableHash.Of(text), StableHash.Of(text, IdSeed));

        private static PolicyRule Gone(LedgerEntry entry) => new()
        {
            Id = entry.Rule, EffectMask = 0, EventMask = 0, When = [], Action = entry.Action,
            Channel = entry.Channel ?? Policy.DefaultChannel,
        };
    }
}
