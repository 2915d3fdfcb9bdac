using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Scenarios;

/// <summary>A moment of a scenario: what has to have been decided since the moment before it.</summary>
public sealed class ScenarioMoment
{
    private readonly Scenario _scenario;
    private readonly IReadOnlyList<JsonNode> _decisions;
    private readonly Instant _since;
    private readonly Instant _moment;

    internal ScenarioMoment(Scenario scenario, IReadOnlyList<JsonNode> decisions, Instant since, Instant moment)
    {
        _scenario = scenario;
        _decisions = decisions;
        _since = since;
        _moment = moment;
    }

    /// <summary>A customer, to do something at this moment.</summary>
    public ScenarioCustomer Customer(string id) => _scenario.Customer(id);

    /// <summary>The rule has acted.</summary>
    /// <param name="customer">For whom; null for anybody.</param>
    /// <exception cref="ScenarioException">It has not.</exception>
    public ScenarioMoment ExpectAction(string rule, string? customer = null)
    {
        _scenario.RuleOf(rule);
        return Found(rule, customer, DecisionStatus.Decided, SuppressionReason.None) ? this : Fail($"an action of '{rule}'{For(customer)}");
    }

    /// <summary>No rule has acted.</summary>
    /// <param name="rule">The rule; null for all.</param>
    /// <param name="customer">For whom; null for anybody.</param>
    /// <exception cref="ScenarioException">One has.</exception>
    public ScenarioMoment ExpectNoAction(string? rule = null, string? customer = null)
    {
        if (rule is not null) _scenario.RuleOf(rule);
        return !Found(rule, customer, DecisionStatus.Decided, SuppressionReason.None)
            ? this
            : Fail($"no action{(rule is null ? "" : $" of '{rule}'")}{For(customer)}");
    }

    /// <summary>The rule applied and was held back.</summary>
    /// <param name="reason">The rule of the policy that held it back.</param>
    /// <exception cref="ScenarioException">It was not, or for another reason.</exception>
    public ScenarioMoment ExpectSuppressed(string rule, SuppressionReason reason, string? customer = null)
    {
        _scenario.RuleOf(rule);
        var name = DecisionRecord.WireName(reason);
        return Found(rule, customer, DecisionStatus.Suppressed, reason) || Found(rule, customer, DecisionStatus.Dropped, reason)
            ? this
            : Fail($"'{rule}' held back by {name}{For(customer)}");
    }

    /// <summary>The rule applied and waits for the end of the quiet hours.</summary>
    /// <exception cref="ScenarioException">It does not.</exception>
    public ScenarioMoment ExpectDeferred(string rule, string? customer = null)
    {
        _scenario.RuleOf(rule);
        return Found(rule, customer, DecisionStatus.Deferred, SuppressionReason.QuietHours)
            ? this
            : Fail($"'{rule}' put off by quiet hours{For(customer)}");
    }

    private static string For(string? customer) => customer is null ? "" : $" for {customer}";

    private bool Found(string? rule, string? customer, DecisionStatus status, SuppressionReason reason) =>
        _decisions.Any(record =>
            (rule is null || Text(record, "rule") == rule)
            && (customer is null || Text(record, "customer_id") == customer)
            && Text(record, "status") == DecisionRecord.WireName(status)
            && Text(record, "reason") == DecisionRecord.WireName(reason));

    private static string Text(JsonNode record, string member) => record[member]!.GetValue<string>();

    private ScenarioMoment Fail(string expected) => throw new ScenarioException(
        $"At {_scenario.At(_moment)} ({_moment}) {expected} was expected"
        + (_since.HasValue ? $" since {_scenario.At(_since)}" : "") + $". What happened:\n{_scenario.Describe()}");
}
