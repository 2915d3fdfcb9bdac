using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Tests.Kit;

namespace RealtimeInsight.Domain.Tests.Decisions;

public sealed class PolicyParserTests
{
    private const string Rule = "\"id\":\"r\",\"on\":\"cart_abandoned\",\"action\":\"coupon\"";

    [Fact]
    public void Parse_TheDocumentedExample_ReadsEveryMember()
    {
        var example = Regex.Match(GoldenFile.Text("policies.md"), "```json\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var policy = Policy.Parse(JsonNode.Parse(example)!);

        Assert.Equal(("spring", 0.05, "2026"), (policy.Name, policy.HoldOutFraction, policy.HoldOutSalt));
        Assert.Equal(new QuietHours(new TimeOnly(21, 30), new TimeOnly(8, 0), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")),
            policy.QuietHours);
        Assert.Equal((3, TimeSpan.FromDays(7), TimeSpan.FromHours(24)), (policy.CapMax, policy.CapWindow, policy.CoolDown));
        Assert.Equal((true, TimeSpan.FromDays(7)), (policy.ConsentIsRequired, policy.AttributionWindow));
        Assert.Equal(["service-recovery", "cart-coupon"], policy.Rules.Select(static rule => rule.Id));
        var coupon = policy.Rules[1];
        Assert.Equal((1u << (int)EffectKind.CartAbandoned, 0u), (coupon.EffectMask, coupon.EventMask));
        Assert.Equal(["cart_value >= 80", "abandonment >= 0.5", "segment != bargain_hunter"],
            coupon.When.Select(static condition => Text(condition)));
        Assert.Equal(("coupon", "webhook", 20, EpisodeScope.Cart, "marketing"),
            (coupon.Action, coupon.Channel, coupon.Priority, coupon.OncePer, coupon.Consent));
        Assert.Equal(10, (int)coupon.Parameters["discount_percent"]!);
        var service = policy.Rules[0];
        Assert.Equal((1u << (int)EventKind.PaymentFailed) | (1u << (int)EventKind.OrderRefunded), service.EventMask);
        Assert.Equal((Policy.DefaultChannel, true, EpisodeScope.Session, 1),
            (service.Channel, service.IgnoresQuietHours, service.OncePer, service.When.Count));
        Assert.Matches("^[0-9a-f]{16}$", policy.Version);
    }

    [Fact]
    public void Document_NamesEveryTriggerFieldSegmentStatusAndReason()
    {
        var document = GoldenFile.Text("policies.md");
        var names = Enum.GetValues<EventKind>().Select(EventKinds.WireName)
            .Concat(Enum.GetValues<EffectKind>().Where(static kind => kind < EffectKind.DecisionDue).Select(EffectKinds.WireName))
            .Concat(Enum.GetValues<DecisionStatus>().Select(DecisionRecord.WireName))
            .Concat(Enum.GetValues<SuppressionReason>().Select(DecisionRecord.WireName))
            .Concat(Segments.SegmentRules.Names)
            .Concat(Enum.GetValues<ConditionField>()
                .Select(static field => Regex.Replace(field.ToString(), "(?<!^)([A-Z])", "_$1").ToLowerInvariant()));
        Assert.All(names, name => Assert.Contains($"`{name}`", document, StringComparison.Ordinal));
        var acting = new Acting("\"rules\":[{\"id\":\"r\",\"on\":\"cart_opened\",\"action\":\"a\"}]").Do("add a");
        Assert.All(
            acting.Decisions.Single().ReadRecord(), member => Assert.Contains($"`{member.Key}`", document, StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_WithTheLeast_TakesTheDefaults()
    {
        var policy = Policy.Parse(JsonNode.Parse("""{"name":"n","rules":[{"id":"r","on":"any_event","action":"a"}]}""")!);

        Assert.Equal((0.0, "", 3, TimeSpan.FromDays(7)), (policy.HoldOutFraction, policy.HoldOutSalt, policy.CapMax, policy.CapWindow));
        Assert.Equal((TimeSpan.FromHours(24), TimeSpan.FromDays(7)), (policy.CoolDown, policy.AttributionWindow));
        Assert.Null(policy.QuietHours);
        Assert.False(policy.ConsentIsRequired);
        var rule = Assert.Single(policy.Rules);
        Assert.Equal((0u, uint.MaxValue), (rule.EffectMask, rule.EventMask));
        Assert.Equal((0, EpisodeScope.Trigger, (string?)null, false), (rule.Priority, rule.OncePer, rule.Consent, rule.IgnoresQuietHours));
        Assert.Empty(rule.When);
        Assert.Empty(rule.Parameters);
    }

    [Theory]
    [InlineData("[1]", "policy", "[1] is not a mapping", "write 'key: value' lines")]
    [InlineData("""{"rules":[]}""", "name", "nothing, a text is required", "write 'name: ...'")]
    [InlineData("""{"name":"","rules":[]}""", "name", "\"\", a text is required", "write 'name: ...'")]
    [InlineData("""{"name":["x"],"rules":[]}""", "name", "[\"x\"] is not a text", "write one in quotes")]
    [InlineData("""{"name":"n"}""", "rules", "nothing is not a list of rules", "write one, or []")]
    [InlineData("""{"name":"n","rules":{}}""", "rules", "{} is not a list of rules", "write one, or []")]
    [InlineData(
        """{"name":"n","rules":[],"cooldown":"1h"}""", "cooldown", "'cooldown' is not a known key", "use one of name, time_zone, hold_out")]
    [InlineData("""{"name":"n","rules":[],"name":"m"}""", "policy", "has a key twice, keys must differ", "take one out")]
    [InlineData(
        """{"name":"n","rules":[{"id":"r","parameters":{"x":1,"x":2}}]}""", "rules[0].parameters", "has a key twice", "take one out")]
    [InlineData(
        """{"name":"n","rules":[],"time_zone":"Mars/Base"}""", "time_zone", "'Mars/Base' is not a known time zone", "write an IANA name")]
    [InlineData("""{"name":"n","rules":[],"hold_out":0.1}""", "hold_out", "0.1 is not a mapping", "write 'key: value' lines")]
    [InlineData(
        """{"name":"n","rules":[],"hold_out":{"share":0.1}}""", "hold_out.share", "'share' is not a known key",
        "use one of fraction, salt")]
    [InlineData(
        """{"name":"n","rules":[],"hold_out":{"fraction":0.6}}""", "hold_out.fraction", "0.6 is out of range",
        "write a number from 0 to 0.5")]
    [InlineData(
        """{"name":"n","rules":[],"hold_out":{"fraction":"0.1"}}""", "hold_out.fraction", "\"0.1\" is not a number", "without quotes")]
    [InlineData("""{"name":"n","rules":[],"frequency_cap":{"max":33}}""", "frequency_cap.max", "33 is out of range", "from 0 to 32")]
    [InlineData("""{"name":"n","rules":[],"frequency_cap":{"max":-1}}""", "frequency_cap.max", "-1 is out of range", "from 0 to 32")]
    [InlineData(
        """{"name":"n","rules":[],"frequency_cap":{"max":2.5}}""", "frequency_cap.max", "2.5 is not a whole number",
        "write one from 0 to 32")]
    [InlineData("""{"name":"n","rules":[],"frequency_cap":{"max":1e400}}""", "frequency_cap.max", "is out of range", "from 0 to 32")]
    [InlineData(
        """{"name":"n","rules":[],"frequency_cap":{"window":"0s"}}""", "frequency_cap.window", "'0s' is out of range", "from 1s to 365d")]
    [InlineData(
        """{"name":"n","rules":[],"frequency_cap":{"window":"1 week"}}""", "frequency_cap.window", "'1 week' is not a duration",
        "write e.g. 45s")]
    [InlineData("""{"name":"n","rules":[],"cool_down":"366d"}""", "cool_down", "'366d' is out of range", "from 0s to 365d")]
    [InlineData("""{"name":"n","rules":[],"cool_down":24}""", "cool_down", "'24' is not a duration", "write e.g. 45s")]
    [InlineData("""{"name":"n","rules":[],"cool_down":"-1h"}""", "cool_down", "'-1h' is not a duration", "write e.g. 45s")]
    [InlineData("""{"name":"n","rules":[],"attribution_window":"0s"}""", "attribution_window", "'0s' is out of range", "from 1s to 90d")]
    [InlineData("""{"name":"n","rules":[],"attribution_window":"91d"}""", "attribution_window", "'91d' is out of range", "from 1s to 90d")]
    [InlineData("""{"name":"n","rules":[],"consent_required":"yes"}""", "consent_required", "\"yes\" is not a flag", "write true or false")]
    [InlineData(
        """{"name":"n","rules":[],"quiet_hours":{"from":"21:00"}}""", "quiet_hours.to", "nothing, a text is required", "write 'to: ...'")]
    [InlineData(
        """{"name":"n","rules":[],"quiet_hours":{"from":"9 pm","to":"08:00"}}""", "quiet_hours.from", "'9 pm' is not a time of day",
        "\"21:00\" in quotes")]
    [InlineData(
        """{"name":"n","rules":[],"quiet_hours":{"from":1260,"to":"08:00"}}""", "quiet_hours.from", "'1260' is not a time of day",
        "in quotes")]
    [InlineData(
        """{"name":"n","rules":[],"quiet_hours":{"from":"08:00","to":"08:00"}}""", "quiet_hours", "both 08:00, they must differ",
        "leave the section out")]
    public void Parse_OfABadDocument_NamesPlaceValueRuleAndCure(string document, string path, string problem, string cure)
    {
        var refused = Assert.Throws<PolicyException>(() => Policy.Parse(JsonNode.Parse(document)!));
        Assert.Equal(path, refused.Path);
        Assert.StartsWith($"policy: {path}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Contains(cure, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", "", "7 is not a mapping", "write 'key: value' lines")]
    [InlineData("{}", ".id", "nothing, a text is required", "write 'id: ...'")]
    [InlineData("{\"id\":\"Cart\"}", ".id", "'Cart' is not an id", "lower-case letters")]
    [InlineData("{\"id\":\"-x\"}", ".id", "'-x' is not an id", "the first a letter or digit")]
    [InlineData("{\"id\":\"r\"}", ".on", "nothing triggers the rule", "write e.g. cart_abandoned")]
    [InlineData("{\"id\":\"r\",\"on\":[]}", ".on", "nothing triggers the rule", "write e.g. cart_abandoned")]
    [InlineData("{\"id\":\"r\",\"on\":\"cart_lost\"}", ".on", "'cart_lost' triggers nothing", "use any_event or one of session_started")]
    [InlineData("{\"id\":\"r\",\"on\":\"decision_due\"}", ".on", "'decision_due' triggers nothing", "use any_event or one of")]
    [InlineData("{\"id\":\"r\",\"on\":{}}", ".on", "{} is neither a text nor a list", "write one text in quotes, or a list")]
    [InlineData("{\"id\":\"r\",\"on\":[\"searched\",1]}", ".on[1]", "1 is not a text", "write one in quotes")]
    [InlineData("{\"id\":\"r\",\"on\":\"searched\"}", ".action", "nothing, a text is required", "write 'action: ...'")]
    [InlineData("{" + Rule + ",\"action_type\":\"x\"}", ".action_type", "'action_type' is not a known key", "use one of id, on, when")]
    [InlineData("{" + Rule + ",\"priority\":1001}", ".priority", "1001 is out of range", "from -1000 to 1000")]
    [InlineData("{" + Rule + ",\"priority\":0.5}", ".priority", "0.5 is not a whole number", "from -1000 to 1000")]
    [InlineData(
        "{" + Rule + ",\"once_per\":\"week\"}", ".once_per", "'week' is not a scope", "use one of trigger, cart, session, day, ever")]
    [InlineData("{" + Rule + ",\"consent\":\"\"}", ".consent", "\"\", a text is required", "write 'consent: ...'")]
    [InlineData("{" + Rule + ",\"consent\":null}", ".consent", "nothing, a text is required", "write 'consent: ...'")]
    [InlineData("{" + Rule + ",\"ignore_quiet_hours\":1}", ".ignore_quiet_hours", "1 is not a flag", "write true or false")]
    [InlineData("{" + Rule + ",\"parameters\":[1]}", ".parameters", "[1] is not a mapping", "write 'key: value' lines")]
    [InlineData("{" + Rule + ",\"when\":7}", ".when", "7 is neither a text nor a list", "write one text")]
    [InlineData("{" + Rule + ",\"when\":[true]}", ".when[0]", "true is not a text", "write one in quotes")]
    [InlineData(
        "{" + Rule + ",\"when\":\"churn\"}", ".when[0]", "'churn' is not 'field operator value'", "write e.g. 'abandonment >= 0.6'")]
    [InlineData(
        "{" + Rule + ",\"when\":[\"orders > 1\",\"age > 3\"]}", ".when[1]", "'age' is not a field", "use one of churn, abandonment")]
    [InlineData("{" + Rule + ",\"when\":\"churn > high\"}", ".when[0]", "'high' is not a number", "write e.g. 0.6")]
    [InlineData("{" + Rule + ",\"when\":\"churn > NaN\"}", ".when[0]", "'NaN' is not a number", "write e.g. 0.6")]
    [InlineData("{" + Rule + ",\"when\":\"churn > 1e999\"}", ".when[0]", "'1e999' is not a number", "write e.g. 0.6")]
    [InlineData("{" + Rule + ",\"when\":\"churn => 0.5\"}", ".when[0]", "'churn => 0.5' is not 'field operator value'", "write e.g.")]
    [InlineData(
        "{" + Rule + ",\"when\":\"segment > buyer\"}", ".when[0]", "'segment > buyer' compares by size, a segment has none", "use = or !=")]
    [InlineData("{" + Rule + ",\"when\":\"segment = vip\"}", ".when[0]", "'vip' is not a segment", "use one of visitor, known")]
    public void Parse_OfABadRule_NamesPlaceValueRuleAndCure(string rule, string path, string problem, string cure) =>
        Parse_OfABadDocument_NamesPlaceValueRuleAndCure($"{{\"name\":\"n\",\"rules\":[{rule}]}}", $"rules[0]{path}", problem, cure);

    [Fact]
    public void Parse_OfTwoRulesWithOneId_IsRefused() => Parse_OfABadDocument_NamesPlaceValueRuleAndCure(
        $"{{\"name\":\"n\",\"rules\":[{{{Rule}}},{{{Rule}}}]}}", "rules[1].id", "'r' occurs twice, ids must differ", "rename one");

    [Fact]
    public void Parse_OfTooManyRules_IsRefused()
    {
        var rules = string.Join(
            ',', Enumerable.Range(0, Policy.RulesMax + 1).Select(static i => $"{{\"id\":\"r{i}\",\"on\":\"searched\",\"action\":\"a\"}}"));
        Parse_OfABadDocument_NamesPlaceValueRuleAndCure(
            $"{{\"name\":\"n\",\"rules\":[{rules}]}}", "rules", "201 rules, at most 200 are allowed", "split the policy");
    }

    [Fact]
    public void Parse_OfALongValue_ShowsItsBeginning()
    {
        var refused = Assert.Throws<PolicyException>(() => Acting.Parse($"\"rules\":\"{new string('x', 500)}\""));
        Assert.InRange(refused.Message.Length, 60, 200);
        Assert.Contains("xxx... is not a list", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("45s", 45)]
    [InlineData("30m", 1_800)]
    [InlineData("24h", 86_400)]
    [InlineData("7d", 604_800)]
    [InlineData("0s", 0)]
    public void Durations_AreReadInTheirUnit(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Acting.Parse($"\"cool_down\":\"{text}\",\"rules\":[]").CoolDown);

    [Fact]
    public void EveryTrigger_IsKnown()
    {
        foreach (var kind in Enum.GetValues<EventKind>()) Assert.Equal(1u << (int)kind, Trigger(EventKinds.WireName(kind)).EventMask);
        foreach (var kind in Enum.GetValues<EffectKind>().Where(static kind => kind < EffectKind.DecisionDue))
        {
            Assert.Equal(1u << (int)kind, Trigger(EffectKinds.WireName(kind)).EffectMask);
        }

        static PolicyRule Trigger(string name) => Acting.Parse($"\"rules\":[{{\"id\":\"r\",\"on\":\"{name}\",\"action\":\"a\"}}]").Rules[0];
    }

    [Fact]
    public void Rules_OfOnePriority_KeepTheOrderOfTheFile()
    {
        var rules = string.Join(',', new[] { ("a", 0), ("b", 5), ("c", 0), ("d", 5), ("e", -1) }
            .Select(static pair => $"{{\"id\":\"{pair.Item1}\",\"on\":\"searched\",\"action\":\"x\",\"priority\":{pair.Item2}}}"));
        Assert.Equal("bdace", string.Concat(Acting.Parse($"\"rules\":[{rules}]").Rules.Select(static rule => rule.Id)));
    }

    [Fact]
    public void Version_DependsOnTheTextOnly()
    {
        Assert.Equal(Acting.Parse("\"rules\":[]").Version, Acting.Parse("\"rules\":[]").Version);
        Assert.NotEqual(Acting.Parse("\"rules\":[]").Version, Acting.Parse("\"rules\":[],\"time_zone\":\"Europe/Berlin\"").Version);
    }

    private static string Text(Condition condition)
    {
        var sign = condition.Comparison switch
        {
            Comparison.GreaterOrEqual => ">=",
            Comparison.NotEqual => "!=",
            var other => other.ToString(),
        };
        var field = Regex.Replace(condition.Field.ToString(), "(?<!^)([A-Z])", "_$1").ToLowerInvariant();
        return $"{field} {sign} {condition.Name ?? condition.Number.ToString()}";
    }
}
