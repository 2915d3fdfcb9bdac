using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Kit;

/// <summary>A scenario under a policy: decides after each turn, as the engine does, and keeps what came out.</summary>
internal sealed class Acting
{
    private readonly DecisionOutput _turn = new();

    public Acting(Policy policy, CustomerId? customer = null)
    {
        Maker = new DecisionMaker(policy);
        Scenario = new Scenario(customer: customer) { AfterTurn = (_, effects) => Decide(effects) };
    }

    public Acting(string policy, CustomerId? customer = null)
        : this(Parse(policy), customer)
    {
    }

    public DecisionMaker Maker { get; }

    public Scenario Scenario { get; }

    public CustomerState State => Scenario.State;

    public List<Decision> Decisions { get; } = [];

    public List<DecisionOutcome> Outcomes { get; } = [];

    /// <summary>Called with each turn's output before the next turn.</summary>
    public Action<DecisionOutput>? AfterTurn { get; init; }

    /// <summary>Decisions so far: <c>reminder decided none cart:1@60m</c>, one a line.</summary>
    public string Log => string.Join('\n', Decisions.Select(static decision => decision.ReadRecord()).Select(static record =>
        $"{record["rule"]} {record["status"]} {record["reason"]} {record["episode"]}"
        + $"@{Minutes(Make.At((string)record["decided_at"]!))}m"));

    public string OutcomeLog => string.Join('\n', Outcomes.Select(outcome =>
        $"{RuleOf(outcome.DecisionId)} {DecisionRecord.WireName(outcome.Outcome)} {outcome.Value}@{Minutes(outcome.At)}m"));

    /// <summary>Limits that never bind, and the rules given: a test adds the limit it is about in front.</summary>
    public static Policy Parse(string members) => Policy.Parse(JsonNode.Parse(Document(members))!);

    public static string Document(string members)
    {
        var document = JsonNode.Parse($"{{{members}}}")!.AsObject();
        _ = document.TryAdd("name", "test");
        _ = document.TryAdd("cool_down", "0s");
        _ = document.TryAdd("frequency_cap", new JsonObject { ["max"] = 32, ["window"] = "1s" });
        return document.ToJsonString();
    }

    public Acting Do(string script)
    {
        Scenario.Do(script);
        return this;
    }

    public Acting DoUntil(string moment)
    {
        Scenario.WaitUntil(Make.At(moment));
        return this;
    }

    private string RuleOf(string decisionId) => Decisions.First(decision => decision.Id == decisionId).Rule;

    private static double Minutes(Instant at) => Math.Round((at - Make.Start).TotalMinutes, 3);

    private void Decide(Effect[] effects)
    {
        _turn.Clear();
        Maker.Decide(State, effects, Scenario.LastEvent, Scenario.Now, "test-model", _turn);
        Decisions.AddRange(_turn.Decisions);
        Outcomes.AddRange(_turn.Outcomes);
        AfterTurn?.Invoke(_turn);
    }
}
