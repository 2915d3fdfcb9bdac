using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Host;

namespace RealtimeInsight.Scenarios.Tests;

public sealed class ScenarioTests
{
    [Fact]
    public void Expectation_NotMet_TellsWhatHappenedWithTimesAndReasons()
    {
        using var scenario = Default().WithScores(abandonment: 0.2);
        scenario.Customer("anna").WithdrawsConsent("marketing").Waits("5m").AddsToCart("boots", price: 120);

        var failed = Assert.Throws<ScenarioException>(() => scenario.At("+2h").ExpectAction("cart-reminder"));

        var document = File.ReadAllText(Path.Combine(Repository.Root, "infra", "docs", "testing-policies.md"));
        Assert.Contains(failed.Message, document, StringComparison.Ordinal);
    }

    [Fact]
    public void ExpectNoAction_ThoughOneWasDecided_Fails()
    {
        using var scenario = Default();
        scenario.Customer("anna").AddsToCart("boots", price: 40);
        var failed = Assert.Throws<ScenarioException>(() => scenario.At("+2h").ExpectNoAction());
        Assert.Contains("cart-reminder ACTS: reminder", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ExpectSuppressed_ForAnotherReason_Fails()
    {
        using var scenario = Default();
        scenario.Customer("anna").WithdrawsConsent("marketing").AddsToCart("boots", price: 40);
        var moment = scenario.At("+2h");
        Assert.Throws<ScenarioException>(() => moment.ExpectSuppressed("cart-reminder", SuppressionReason.CoolDown));
        Assert.Throws<ScenarioException>(() => moment.ExpectSuppressed("cart-reminder", SuppressionReason.NoConsent, "bert"));
        Assert.Throws<ScenarioException>(() => moment.ExpectDeferred("cart-reminder"));
    }

    [Fact]
    public void At_WhatHappensAtTheMomentItself_BelongsToTheNext()
    {
        using var scenario = Default().WithScores(churn: 0.9);
        scenario.Customer("anna").Orders("boots", price: 40);
        scenario.At("+10m").ExpectNoAction().Customer("anna").FailsToPay();
        scenario.At("+10m").ExpectAction("service-recovery");
        scenario.At("+20m").ExpectNoAction();
    }

    [Fact]
    public void WithModel_ScoresByTheShippedModel()
    {
        using var scenario = Default().WithModel(Path.Combine(Repository.Root, "src", "models"));
        scenario.Customer("anna").Views("boots").AddsToCart("boots", price: 40);
        scenario.At("+2h").ExpectAction("cart-reminder");
        Assert.DoesNotContain("abandonment 0.50", scenario.Describe(), StringComparison.Ordinal);
        Assert.Throws<ScenarioException>(() => scenario.WithScores(churn: 1));
    }

    [Fact]
    public void WithModel_FolderWithoutAModel_IsRefused()
    {
        using var scenario = Default();
        var refused = Assert.Throws<ScenarioException>(() => scenario.WithModel(Path.Combine(Repository.Root, "src", "training")));
        Assert.Contains("can be used", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("30")]
    [InlineData("soon")]
    [InlineData("-5m")]
    public void At_NoSpan_SaysHowToWriteOne(string span)
    {
        using var scenario = Default();
        Assert.Contains("+1h30m", Assert.Throws<ScenarioException>(() => scenario.At(span)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Misuse_IsNamed()
    {
        using var scenario = Default();
        scenario.Customer("anna").Does(EventKind.Searched);
        var moment = scenario.At("+1h");
        Assert.Contains("has passed", Assert.Throws<ScenarioException>(() => scenario.At("+30m")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "cart-coupon", Assert.Throws<ScenarioException>(() => moment.ExpectAction("cart")).Message, StringComparison.Ordinal);
        Assert.Contains("has begun", Assert.Throws<ScenarioException>(
            () => scenario.StartingAt(DateTimeOffset.UnixEpoch)).Message, StringComparison.Ordinal);
        Assert.Throws<SetupException>(() => Scenario.WithPolicy("no-such-file.yaml"));
    }

    [Fact]
    public void Document_ShowsTheExampleAsItIsTested()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "infra", "docs", "testing-policies.md"));
        var code = document.Split("```csharp\n", 2)[1].Split("```", 2)[0];
        var file = Path.Combine(Repository.Root, "tests", "RealtimeInsight.Scenarios.Tests", "DefaultPolicyTests.cs");
        var source = File.ReadAllLines(file).Select(static line => line.Trim()).ToHashSet();
        Assert.All(code.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains(line.Trim(), source));
    }

    private static Scenario Default() => Scenario.WithPolicy(PolicyFile.DefaultPath);
}
