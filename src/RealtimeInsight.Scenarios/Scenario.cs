using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Host;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Onnx;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Simulation;

namespace RealtimeInsight.Scenarios;

/// <summary>
/// A policy tried out on made-up customers in virtual time, by the engine that serves: what they do, what time passes, and what the policy
/// has to do about it. Runs in milliseconds, needs no server and no test framework. Not thread-safe.
/// </summary>
public sealed class Scenario : IDisposable
{
    private readonly Policy _asWritten;
    private readonly CustomerOptions _customers = new();
    private readonly FixedScorer _fixed = new();
    private readonly Meter _meter = new("RealtimeInsight.Scenarios");
    private DateTimeOffset _start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private InferencePool? _pool;
    private VirtualEngine? _engine;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private Instant _lastAt;
    private Policy _policy;
    private int _events;

    private Scenario(Policy policy)
    {
        _asWritten = policy;
        _policy = policy with { HoldOutFraction = 0 };
    }

    /// <param name="path">A policy file, YAML or JSON.</param>
    /// <exception cref="SetupException">The file cannot be read or breaks a rule of policies.</exception>
    public static Scenario WithPolicy(string path) => new(PolicyFile.Load(path));

    internal TimeSpan Elapsed => Engine.Now - Instant.From(_start);

    internal VirtualEngine Engine => _engine ??= new VirtualEngine(_policy, _customers, (IScorer?)_pool ?? _fixed, _start);

    /// <summary>When the scenario begins. Default Monday, 2 March 2026, 12:00 UTC.</summary>
    public Scenario StartingAt(DateTimeOffset start)
    {
        NotBegun();
        _start = start;
        return this;
    }

    /// <summary>Spans of sessions, carts and dormancy, where the shop has other ones than the defaults.</summary>
    public Scenario WithSpans(Action<CustomerOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        NotBegun();
        change(_customers);
        return this;
    }

    /// <summary>
    /// Holds customers out as the policy says. Without it nobody is: the draw depends on the id, and a scenario is about the rules.
    /// </summary>
    public Scenario WithHoldOut()
    {
        NotBegun();
        _policy = _asWritten;
        return this;
    }

    /// <summary>Scores that every event from now on gets; 0.5 where none is given.</summary>
    public Scenario WithScores(double churn = 0.5, double abandonment = 0.5, double purchase = 0.5)
    {
        if (_pool is not null) throw new ScenarioException("the scenario has a model, which makes the scores; use one or the other");
        _fixed.Scores = new HeadScores((float)churn, (float)abandonment, (float)purchase);
        return this;
    }

    /// <summary>Scores by a trained model.</summary>
    /// <param name="modelsDirectory">A model repository.</param>
    /// <exception cref="ScenarioException">It has no model that can be used.</exception>
    public Scenario WithModel(string modelsDirectory)
    {
        NotBegun();
        var options = new InferenceOptions { ModelsDirectory = modelsDirectory };
        _pool = new InferencePool(
            options, new InferenceInstruments(_meter), TimeProvider.System, NullLogger<InferencePool>.Instance);
        var runners = new OnnxModelRunnerFactory(options, NullLogger<OnnxModelRunnerFactory>.Instance);
        if (_pool.TryLoad(new ModelRepository(modelsDirectory, FeatureSchema.Hash), runners)) return this;
        throw new ScenarioException($"no model of {modelsDirectory} can be used: {_pool.Problem}");
    }

    /// <summary>A customer, to do something now.</summary>
    /// <param name="id">The shop's id of a known customer.</param>
    public ScenarioCustomer Customer(string id) => new(this, CustomerId.FromUser(id));

    /// <summary>
    /// Lets time pass up to a moment after the start. What is expected there is about what happened since the moment before.
    /// </summary>
    /// <param name="span">E.g. <c>+45s</c>, <c>+30m</c>, <c>+1h30m</c>, <c>+7d</c>.</param>
    /// <exception cref="ScenarioException">The moment has passed.</exception>
    public ScenarioMoment At(string span)
    {
        var moment = Instant.From(_start) + Span.Parse(span);
        if (moment < Engine.Now) throw new ScenarioException($"{span} has passed: the scenario is at {Span.Write(Elapsed)}");
        Engine.AdvanceTo(moment);
        var found = ScenarioText.Decisions(Engine).Where(record => _seen.Add(ScenarioText.KeyOf(record))).ToArray();
        var window = new ScenarioMoment(this, found, _lastAt, moment);
        _lastAt = moment;
        return window;
    }

    /// <summary>True when the policy as it is written never treats this customer, to see what treatments are worth.</summary>
    public bool IsHeldOut(string id) => new DecisionMaker(_asWritten).IsHeldOut(CustomerId.FromUser(id));

    /// <summary>Everything that happened, in order, with times and reasons.</summary>
    public string Describe() => ScenarioText.Describe(Engine, Instant.From(_start));

    public void Dispose()
    {
        _engine?.Dispose();
        _pool?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _meter.Dispose();
    }

    internal void Pass(string span) => Engine.AdvanceTo(Engine.Now + Span.Parse(span));

    internal void Send(CustomerId customer, EventKind kind, Func<CustomerEvent, CustomerEvent> complete)
    {
        var item = complete(new CustomerEvent
        {
            Id = EventId.Parse(string.Create(CultureInfo.InvariantCulture, $"scenario-{++_events}")),
            Kind = kind,
            Customer = customer,
            OccurredAt = Engine.Now,
            IngestedAt = Engine.Now,
        });
        Engine.Send(item);
    }

    internal PolicyRule RuleOf(string id) => _policy.Rules.FirstOrDefault(rule => rule.Id == id)
        ?? throw new ScenarioException(
            $"policy '{_policy.Name}' has no rule '{id}'; its rules are {string.Join(", ", _policy.Rules.Select(static rule => rule.Id))}");

    internal string At(Instant moment) => Span.Write(moment - Instant.From(_start));

    private void NotBegun()
    {
        if (_engine is not null) throw new ScenarioException("the scenario has begun; set it up before the first customer and moment");
    }
}
