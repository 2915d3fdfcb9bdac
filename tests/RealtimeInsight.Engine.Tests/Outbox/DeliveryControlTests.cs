using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Outbox;

public sealed class DeliveryControlTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly DeliveryResult s_refused = new(DeliveryStatus.Failed, 400, "refused");
    private static readonly DeliveryResult s_gone = new(DeliveryStatus.Gone, 410, "gone");

    [Fact]
    public async Task Endpoint_ThatIsGone_IsDisabled_ItsActionsBecomeDeadLetters_AndThatOutlivesARestart()
    {
        await using var first = await new EngineHarness().StartAsync();
        first.Channel.Answer = _ => s_gone;
        await DieAsync(first, "anna");
        Assert.Contains("disabled since", Assert.Single(first.Status.Problems), StringComparison.Ordinal);
        Assert.True(first.Status.IsReady);

        var berta = await DieAsync(first, "berta");
        Assert.Single(first.Channel.Sent);
        var attempt = Assert.Single((await first.Engine.GetDecisionAsync(berta, CancellationToken.None))!.Attempts);
        Assert.Equal("skipped", attempt.Result);
        Assert.Contains("410", attempt.Detail, StringComparison.Ordinal);
        await first.DisposeAsync();

        await using var second = await first.RestartAsync();
        var endpoint = Assert.Single((await second.Engine.Delivery.GetEndpointsAsync(CancellationToken.None)));
        Assert.Equal(("log", "disabled"), (endpoint.Name, endpoint.State));
        Assert.Equal((2L, 0L), (second.Status.DeadLetters, second.Status.ActionsPending));
        second.Channel.Answer = static _ => DeliveryResult.Delivered;
        Assert.True(await second.Engine.Delivery.EnableAsync("log", CancellationToken.None));
        Assert.Empty(second.Status.Problems);
        Assert.Equal(2, await second.Engine.Delivery.RedriveAsync(new DeadLetterFilter(), 100, CancellationToken.None));
        await second.Channel.SentAsync(3);
        await SettledAsync(second, 2);
        await second.DisposeAsync();

        await using var third = await second.RestartAsync();
        Assert.Equal("open", Assert.Single((await third.Engine.Delivery.GetEndpointsAsync(CancellationToken.None))).State);
    }

    [Fact]
    public async Task DeadLetter_Redriven_GetsTheWholeScheduleAgain_UnderItsId_WithEveryAttemptOnRecord()
    {
        await using var engine = await new EngineHarness().StartAsync();
        engine.Channel.Answer = _ => s_refused;
        var decision = await DieAsync(engine, "anna");
        var letter = (await engine.Engine.Delivery.FindAsync(decision, CancellationToken.None))!;
        Assert.Equal((1, 400, "refused"), (letter.Letter.Attempts, letter.Letter.StatusCode, letter.Letter.Reason));
        Assert.Equal(decision, (string?)letter.Body!["id"]);

        engine.Channel.Answer = message => message.Attempt < 4 ? new DeliveryResult(DeliveryStatus.Retry, 503) : DeliveryResult.Delivered;
        var waits = new List<TimeSpan>();
        ((InMemoryStore)engine.Store).Committing = group => waits.AddRange(
            group.Attempts.Where(row => row.State == OutboxState.Pending).Select(row => row.NextAt - row.Attempt.At));
        Assert.True(await engine.Engine.Delivery.RedriveAsync(decision, CancellationToken.None));
        Assert.False(await engine.Engine.Delivery.RedriveAsync(decision, CancellationToken.None));
        await engine.AdvanceUntilAsync(engine.Channel.SentAsync(4), TimeSpan.FromSeconds(1));
        await SettledAsync(engine, 1);
        Assert.Single(engine.Channel.Sent.Select(message => message.DecisionId).Distinct());
        var attempts = (await engine.Engine.GetDecisionAsync(decision, CancellationToken.None))!.Attempts;
        Assert.Equal(["failed", "retry", "retry", "delivered"], attempts.Select(attempt => attempt.Result));
        Assert.Equal(2, waits.Count);
        Assert.All(waits, (wait, i) => Assert.InRange(wait, RetrySchedule.Waits[i + 1], RetrySchedule.Waits[i + 1] * 1.2));
        Assert.Equal((0L, 1L), (engine.Status.DeadLetters, engine.Status.ActionsDelivered));
        Assert.Null(await engine.Engine.Delivery.FindAsync(decision, CancellationToken.None));
    }

    [Fact]
    public async Task DeadLetters_AreListedInPages_AndOnlyThoseThatPassTheFilterAreRedriven()
    {
        await using var engine = await new EngineHarness().StartAsync();
        engine.Channel.Answer = _ => s_refused;
        var names = new[] { "a", "b", "c", "d", "e" };
        var decisions = new List<string>();
        foreach (var name in names)
        {
            decisions.Add(await DieAsync(engine, name));
            await engine.AdvanceAsync(TimeSpan.FromMinutes(10));
        }

        var control = engine.Engine.Delivery;
        var listed = new List<string>();
        string? cursor = null;
        do
        {
            var page = await control.ListAsync(new DeadLetterFilter(), 2, cursor, CancellationToken.None);
            listed.AddRange(page.Items.Select(letter => letter.DecisionId));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(decisions.AsEnumerable().Reverse(), listed);
        Assert.Throws<FormatException>(() => { _ = control.ListAsync(new DeadLetterFilter(), 2, "x", CancellationToken.None).AsTask(); });
        engine.Channel.Answer = static _ => DeliveryResult.Delivered;
        var recent = new DeadLetterFilter("log", CreatedFrom: Make.At(15));
        Assert.Equal(3, await control.RedriveAsync(recent, 100, CancellationToken.None));
        Assert.Equal(0, await control.RedriveAsync(new DeadLetterFilter("webhook"), 100, CancellationToken.None));
        await engine.Channel.SentAsync(8);
        await SettledAsync(engine, 3);
        Assert.Equal(2, engine.Status.DeadLetters);
    }

    [Fact]
    public async Task DeadLetters_ByEndpoint_AreThoseOfEveryNameThatLeadsToIt()
    {
        await using var engine = new EngineHarness();
        engine.Channel = new RecordingChannel("webhook") { Aliases = ["log"], Answer = _ => s_refused };
        await engine.StartAsync();
        var decisions = new List<string>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            decisions.Add(await DieAsync(engine, name));
            await engine.AdvanceAsync(TimeSpan.FromMinutes(1));
        }

        var control = engine.Engine.Delivery;
        var first = await control.ListAsync(new DeadLetterFilter("webhook"), 2, null, CancellationToken.None);
        var rest = await control.ListAsync(new DeadLetterFilter("webhook"), 2, first.Next, CancellationToken.None);
        Assert.Equal(decisions.AsEnumerable().Reverse(), first.Items.Concat(rest.Items).Select(letter => letter.DecisionId));
        Assert.All(first.Items, letter => Assert.Equal("log", letter.Channel));
        Assert.Null(rest.Next);
        engine.Channel.Answer = static _ => DeliveryResult.Delivered;
        Assert.Equal(3, await control.RedriveAsync(new DeadLetterFilter("webhook"), 100, CancellationToken.None));
        await engine.Channel.SentAsync(6);
        await SettledAsync(engine, 3);
        Assert.Equal(0, engine.Status.DeadLetters);
    }

    [Fact]
    public async Task Endpoint_UnknownByName_IsNotChanged()
    {
        await using var engine = await new EngineHarness().StartAsync();
        Assert.False(await engine.Engine.Delivery.EnableAsync("nothing", CancellationToken.None));
        Assert.False(await engine.Engine.Delivery.DisableAsync("nothing", CancellationToken.None));
        Assert.True(await engine.Engine.Delivery.DisableAsync("log", CancellationToken.None));
        var endpoint = Assert.Single(await engine.Engine.Delivery.GetEndpointsAsync(CancellationToken.None));
        Assert.Equal("disabled by an operator", endpoint.Reason);
        Assert.Contains("enable it when they are to be sent", Assert.Single(engine.Engine.GetStatus().Problems), StringComparison.Ordinal);
    }

    /// <summary>A decision of the customer's whose action has died.</summary>
    private static async Task<string> DieAsync(EngineHarness engine, string customer)
    {
        var store = (InMemoryStore)engine.Store;
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Committed = group =>
        {
            if (group.Attempts.Any(row => row.State == OutboxState.Dead)) died.TrySetResult();
        };
        var minutes = (engine.Time.GetUtcNow() - EngineHarness.Start).TotalMinutes;
        await engine.IngestAsync(Make.Event(customer, EventKind.PaymentFailed, minutes, $"pf-{customer}"));
        await died.Task.WaitAsync(s_patience);
        await engine.SettleAsync();
        return Assert.Single((await engine.InsightAsync(customer))!.LastDecisions).DecisionId;
    }

    /// <summary>Waits until that many are delivered, by the commits that say so.</summary>
    private static async Task SettledAsync(EngineHarness engine, int delivered)
    {
        var store = (InMemoryStore)engine.Store;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Committed = _ =>
        {
            if (store.CountOutbox().Delivered >= delivered) done.TrySetResult();
        };
        if (store.CountOutbox().Delivered < delivered) await done.Task.WaitAsync(s_patience);
        await engine.SettleAsync();
    }
}
