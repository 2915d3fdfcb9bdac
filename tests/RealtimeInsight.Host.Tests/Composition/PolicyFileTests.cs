using RealtimeInsight.Domain.Decisions;

namespace RealtimeInsight.Host.Tests.Composition;

public sealed class PolicyFileTests
{
    [Fact]
    public void Load_ShippedFiles_AreValidAndReachTheDefaultChannel()
    {
        var policies = new[] { PolicyFile.Load(PolicyFile.DefaultPath), PolicyFile.Load(PolicyFile.DemoPath) };

        Assert.Equal(["default", "demo"], policies.Select(policy => policy.Name));
        Assert.All(policies, policy => Assert.All(policy.Rules, rule => Assert.Equal(Policy.DefaultChannel, rule.Channel)));
        Assert.NotNull(policies[0].QuietHours);
        Assert.Null(policies[1].QuietHours);
    }

    [Fact]
    public void Load_YamlAndJson_OfTheSameContentGiveTheSameVersion()
    {
        using var folder = new TempFolder();
        var yaml = folder.File("p.yaml", """
            name: p
            cool_down: 2h
            consent_required: true
            hold_out: { fraction: 0.25, salt: "7" }
            rules:
              - id: r
                on: [cart_abandoned]
                action: reminder
                parameters: { percent: 10, code: "010", note: null }
            """);
        var json = folder.File("p.json", """
            {"name":"p","cool_down":"2h","consent_required":true,"hold_out":{"fraction":0.25,"salt":"7"},
             "rules":[{"id":"r","on":["cart_abandoned"],"action":"reminder","parameters":{"percent":10,"code":"010","note":null}}]}
            """);

        var first = PolicyFile.Load(yaml);
        var second = PolicyFile.Load(json);

        Assert.Equal(first.Version, second.Version);
        Assert.Equal((0.25, TimeSpan.FromHours(2), true), (first.HoldOutFraction, first.CoolDown, first.ConsentIsRequired));
        Assert.Equal("""{"percent":10,"code":"010","note":null}""", Assert.Single(first.Rules).Parameters.ToJsonString());
    }

    [Theory]
    [InlineData("p.yaml", "name: [", "line ")]
    [InlineData("p.yaml", "", "is not valid")]
    [InlineData("p.yaml", "name: a\nname: b\nrules: []", "name")]
    [InlineData("p.yaml", "name: a\nrules:\n  - id: r\n    on: nothing\n    action: x", "rules[0].on")]
    [InlineData("p.yaml", "name: a\n---\nname: b", "2 YAML documents")]
    [InlineData("p.json", "{\"name\":", "is not valid")]
    [InlineData("p.json", "null", "is empty")]
    public void Load_BrokenFile_IsExplained(string name, string text, string message)
    {
        using var folder = new TempFolder();

        var refused = Assert.Throws<SetupException>(() => PolicyFile.Load(folder.File(name, text)));

        Assert.Contains(message, refused.Message);
        Assert.Contains(name, refused.Message);
    }

    [Fact]
    public void Load_YamlThatUnfoldsWithoutEnd_IsRefused()
    {
        using var folder = new TempFolder();
        var levels = Enumerable.Range(1, 9).Select(i => $"l{i}: &l{i} [{string.Join(", ", Enumerable.Repeat($"*l{i - 1}", 9))}]");
        var bomb = "l0: &l0 [x, x, x, x, x, x, x, x, x]\n" + string.Join('\n', levels);

        var refused = Assert.Throws<SetupException>(() => PolicyFile.Load(folder.File("bomb.yaml", bomb)));

        Assert.Contains("nodes", refused.Message);
    }
}
