using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Host;

namespace RealtimeInsight.Scenarios.Tests;

/// <summary>The example of infra/docs/testing-policies.md: the shipped policy does what its comments say.</summary>
public sealed class DefaultPolicyTests
{
    [Fact]
    public void AbandonedCart_IsRemindedOnceAndNotBeforeAnHour()
    {
        using var scenario = Scenario.WithPolicy(PolicyFile.DefaultPath).WithScores(abandonment: 0.2);
        scenario.Customer("anna").Views("boots").AddsToCart("boots", price: 120);

        scenario.At("+30m").ExpectNoAction();
        scenario.At("+1h").ExpectAction("cart-reminder");
        scenario.At("+3d").ExpectNoAction();
    }

    [Fact]
    public void ExpensiveCartAtRisk_GetsACouponInsteadOfAReminder()
    {
        using var scenario = Scenario.WithPolicy(PolicyFile.DefaultPath).WithScores(abandonment: 0.8);
        scenario.Customer("anna").AddsToCart("boots", price: 120);

        scenario.At("+1h").ExpectAction("cart-coupon").ExpectNoAction("cart-reminder");
    }

    [Fact]
    public void Order_BeforeTheHourIsOver_NeedsNoReminder()
    {
        using var scenario = Scenario.WithPolicy(PolicyFile.DefaultPath);
        scenario.Customer("anna").AddsToCart("boots", price: 120).Waits("20m").Orders("boots", price: 120);

        scenario.At("+6d").ExpectNoAction();
    }

    [Fact]
    public void Consent_Withdrawn_HoldsTheReminderBack()
    {
        using var scenario = Scenario.WithPolicy(PolicyFile.DefaultPath);
        scenario.Customer("anna").WithdrawsConsent("marketing").AddsToCart("boots", price: 40);

        scenario.At("+2h").ExpectSuppressed("cart-reminder", SuppressionReason.NoConsent);
    }

    [Fact]
    public void Evening_InTheCustomersOwnTime_WaitsForTheMorning()
    {
        using var scenario = Scenario.WithPolicy(PolicyFile.DefaultPath)
            .StartingAt(new DateTimeOffset(2026, 3, 2, 20, 0, 0, TimeSpan.Zero));
        scenario.Customer("anna").LivesIn("Europe/Berlin").AddsToCart("boots", price: 40);

        scenario.At("+1h").ExpectDeferred("cart-reminder").ExpectNoAction();
        scenario.At("+10h59m").ExpectNoAction();
        scenario.At("+11h").ExpectAction("cart-reminder");
    }

    [Fact]
    public void SecondCart_OfTheSameDay_CoolsDown()
    {
        using var scenario = Scenario.WithPolicy(PolicyFile.DefaultPath);
        scenario.Customer("anna").AddsToCart("boots", price: 40);
        scenario.At("+1h").ExpectAction("cart-reminder");

        scenario.At("+2h").Customer("anna").Orders("boots", price: 40).AddsToCart("gloves", price: 15);
        scenario.At("+4h").ExpectSuppressed("cart-reminder", SuppressionReason.CoolDown);
    }

    [Fact]
    public void HeldOutCustomer_IsNeverTreated()
    {
        using var scenario = Scenario.WithPolicy(PolicyFile.DefaultPath).WithHoldOut();
        var heldOut = Enumerable.Range(0, 1000).Select(static number => $"customer-{number}").First(scenario.IsHeldOut);
        scenario.Customer(heldOut).AddsToCart("boots", price: 40);

        scenario.At("+2h").ExpectSuppressed("cart-reminder", SuppressionReason.HoldOut, heldOut).ExpectNoAction();
    }
}
