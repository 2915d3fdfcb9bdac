using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Orleans.Tests.Parts;

/// <summary>What the Domain alone makes of events: the answer that the grains have to give.</summary>
internal sealed class DirectFold(CustomerId customer, CustomerOptions options)
{
    private readonly CustomerMachine _machine = new(options);
    private readonly EffectBuffer _effects = new();
    private readonly DecisionOutput _output = new();

    public DecisionMaker Maker { get; } = new(Scenario.Policy);

    public CustomerState State { get; } = new(customer);

    /// <summary>Newest record by decision id.</summary>
    public Dictionary<string, Decision> Decisions { get; } = [];

    public IEnumerable<string> Actions => Decisions.Values.Where(static one => one.IsAction).Select(static one => one.Id);

    public void Observe(IEnumerable<CustomerEvent> events, Instant now)
    {
        foreach (var item in events)
        {
            Assert.Equal(Admission.New, _machine.Admit(State, item));
            _effects.Clear();
            _machine.Apply(State, item, _effects);
            Score();
            Decide(item, Instant.Max(now, item.OccurredAt));
        }

        if (_machine.NextDeadline(State) > now) return;
        _effects.Clear();
        _machine.AdvanceTo(State, now, _effects);
        Decide(null, now);
    }

    private void Score()
    {
        Span<float> token = stackalloc float[ModelContract.TokenFeatures];
        Span<long> ids = stackalloc long[ModelContract.TokenIds];
        Span<float> profile = stackalloc float[ModelContract.ProfileFeatures];
        FeatureExtractor.Token(State, token, ids);
        FeatureExtractor.Profile(State, State.LastSeen, profile);
        var next = new float[ModelContract.StateWidth];
        var scores = LinearScorer.Step(token, profile, State.Recurrent, next);
        next.CopyTo(State.Recurrent);
        State.SetScores(scores, LinearScorer.Identity.Stamp, State.LastSeen);
    }

    private void Decide(CustomerEvent? trigger, Instant now)
    {
        _output.Clear();
        Maker.Decide(State, _effects.Span, trigger, now, LinearScorer.Identity.ToString(), _output);
        foreach (var decision in _output.Decisions) Decisions[decision.Id] = decision;
    }
}
