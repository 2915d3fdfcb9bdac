using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using static RealtimeInsight.TestKit.Conformance.ConformanceShop;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>Actions that do not arrive.</summary>
public abstract partial class EngineConformance
{
    private static readonly DeadLetterFilter s_all = new();

    [Fact]
    public async Task DeadLetters_Refused_AreListedFoundAndRedriven()
    {
        await using var shop = await OpenAsync();
        shop.Answer = static _ => new DeliveryResult(DeliveryStatus.Failed, 400, "refused");
        var older = await DieAsync(shop, "anna", 1);
        var newer = await DieAsync(shop, "berta", 2);
        await shop.CrashAsync();
        var delivery = shop.Engine.Delivery;

        var first = await delivery.ListAsync(s_all, 1, null, CancellationToken.None);
        var second = await delivery.ListAsync(s_all, 1, first.Next, CancellationToken.None);
        Assert.Equal([newer, older], first.Items.Concat(second.Items).Select(static one => one.DecisionId));
        Assert.Empty((await delivery.ListAsync(s_all, 1, second.Next, CancellationToken.None)).Items);
        Assert.Empty((await delivery.ListAsync(new DeadLetterFilter("pigeon"), 9, null, CancellationToken.None)).Items);
        var recent = new DeadLetterFilter("log", CreatedFrom: At(2));
        Assert.Equal(newer, Assert.Single((await delivery.ListAsync(recent, 9, null, CancellationToken.None)).Items).DecisionId);
        await Assert.ThrowsAsync<FormatException>(async () => await delivery.ListAsync(s_all, 2, "x", CancellationToken.None));

        var view = (await delivery.FindAsync(older, CancellationToken.None))!;
        Assert.Equal((Treated("anna"), "log", 1, 400, "refused"), (
            view.Letter.CustomerId, view.Letter.Channel, view.Letter.Attempts, view.Letter.StatusCode, view.Letter.Reason));
        Assert.Equal((At(1), At(1)), (view.Letter.CreatedAt, view.Letter.DiedAt));
        Assert.Equal(older, (string?)view.Body!["id"]);
        var attempt = Assert.Single(view.Attempts);
        Assert.Equal((1, "failed", 400, "refused"), (attempt.Number, attempt.Result, attempt.StatusCode, attempt.Detail));
        var decision = (await shop.Engine.GetDecisionAsync(older, CancellationToken.None))!;
        Assert.Equal(("dead", "failed"), (decision.Summary.Status, Assert.Single(decision.Attempts).Result));

        shop.Answer = static _ => DeliveryResult.Delivered;
        Assert.True(await delivery.RedriveAsync(older, CancellationToken.None));
        await shop.WaitForOneAsync();
        Assert.False(await delivery.RedriveAsync(older, CancellationToken.None));
        Assert.False(await delivery.RedriveAsync("dec_unknown", CancellationToken.None));
        Assert.Null(await delivery.FindAsync(older, CancellationToken.None));
        Assert.Equal(0, await delivery.RedriveAsync(new DeadLetterFilter("pigeon"), 10, CancellationToken.None));
        Assert.Equal(1, await delivery.RedriveAsync(s_all, 10, CancellationToken.None));
        await shop.WaitForOneAsync();
        Assert.Empty((await delivery.ListAsync(s_all, 9, null, CancellationToken.None)).Items);
        Assert.Equal([1, 1, 2, 2], shop.Sent.Select(static one => one.Attempt).Order());
    }

    [Fact]
    public async Task Endpoint_ThatIsGone_IsSentNothingUntilItIsEnabled()
    {
        await using var shop = await OpenAsync();
        shop.Answer = static _ => new DeliveryResult(DeliveryStatus.Gone, 410, "gone");
        await DieAsync(shop, "anna", 1);
        var endpoint = Assert.Single(await shop.Engine.Delivery.GetEndpointsAsync(CancellationToken.None));
        Assert.Equal(("log", "disabled", At(1)), (endpoint.Name, endpoint.State, endpoint.Since));
        Assert.Equal("the receiver answered 410 Gone", endpoint.Reason);

        foreach (var name in new[] { "berta", "carla", "dora", "emma" })
        {
            var skipped = await DieAsync(shop, name, 2, isSent: false);
            var attempt = Assert.Single((await shop.Engine.GetDecisionAsync(skipped, CancellationToken.None))!.Attempts);
            Assert.Equal("skipped", attempt.Result);
            Assert.Contains("410", attempt.Detail, StringComparison.Ordinal);
        }

        Assert.Single(shop.Sent);
        await shop.CrashAsync();
        Assert.Equal("disabled", Assert.Single(await shop.Engine.Delivery.GetEndpointsAsync(CancellationToken.None)).State);

        shop.Answer = static _ => DeliveryResult.Delivered;
        Assert.True(await shop.Engine.Delivery.EnableAsync("log", CancellationToken.None));
        Assert.Equal("open", Assert.Single(await shop.Engine.Delivery.GetEndpointsAsync(CancellationToken.None)).State);
        Assert.Equal(5, await shop.Engine.Delivery.RedriveAsync(s_all, 10, CancellationToken.None));
        for (var i = 0; i < 5; i++) await shop.WaitForOneAsync();
        Assert.Empty((await shop.Engine.Delivery.ListAsync(s_all, 9, null, CancellationToken.None)).Items);
    }

    [Fact]
    public async Task Endpoint_DisabledByAnOperator_IsSentNothing()
    {
        await using var shop = await OpenAsync();
        var delivery = shop.Engine.Delivery;
        await IngestAsync(shop, Event(Treated("anna"), EventKind.PaymentFailed, 0));
        await shop.WaitForOneAsync();

        Assert.False(await delivery.DisableAsync("nothing", CancellationToken.None));
        Assert.False(await delivery.EnableAsync("nothing", CancellationToken.None));
        Assert.True(await delivery.DisableAsync("log", CancellationToken.None));
        Assert.Equal("disabled by an operator", Assert.Single(await delivery.GetEndpointsAsync(CancellationToken.None)).Reason);
        foreach (var name in new[] { "berta", "carla", "dora" }) await DieAsync(shop, name, 2, isSent: false);

        Assert.Single(shop.Sent);
        Assert.Equal(3, (await delivery.ListAsync(s_all, 9, null, CancellationToken.None)).Items.Count);
    }

    /// <summary>A decision of the customer's whose action has died.</summary>
    private static async Task<string> DieAsync(IEngineUnderTest shop, string name, double minutes, bool isSent = true)
    {
        await shop.SetTimeAsync(At(minutes));
        await IngestAsync(shop, Event(Treated(name), EventKind.PaymentFailed, minutes));
        if (isSent) await shop.WaitForOneAsync();
        await shop.WaitForDeadAsync();
        return Assert.Single((await InsightAsync(shop, Treated(name))).LastDecisions).DecisionId;
    }
}
