using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Outbox;

public sealed class OutboxTests
{
    [Fact]
    public async Task Action_ThatFailsForAWhile_IsTriedOnTheSchedule_UnderOneId()
    {
        await using var engine = await new EngineHarness().StartAsync();
        var busy = new DeliveryResult(DeliveryStatus.Retry, 503, "busy");
        engine.Channel.Answer = message => message.Attempt < 4 ? busy : DeliveryResult.Delivered;
        var decision = await DecideAsync(engine);
        await engine.AdvanceUntilAsync(engine.Channel.SentAsync(4), TimeSpan.FromSeconds(10));
        await StatusAsync(engine, decision, "sent");
        Assert.Equal([1, 2, 3, 4], engine.Channel.Sent.Select(message => message.Attempt));
        Assert.Single(engine.Channel.Sent.Select(message => message.DecisionId).Distinct());
        var attempts = (await engine.Engine.GetDecisionAsync(decision, CancellationToken.None))!.Attempts;
        Assert.Equal(["retry", "retry", "retry", "delivered"], attempts.Select(attempt => attempt.Result));
        for (var i = 1; i < attempts.Count; i++) Assert.True(attempts[i].At - attempts[i - 1].At >= RetrySchedule.Waits[i]);
        Assert.Equal((1L, 1L), (engine.Status.Actions, engine.Status.ActionsDelivered));
    }

    [Fact]
    public async Task Action_ThatFailsForGood_IsDeadAtOnce()
    {
        await using var engine = await new EngineHarness().StartAsync();
        engine.Channel.Answer = _ => new DeliveryResult(DeliveryStatus.Failed, 404, "no such place");
        var decision = await DecideAsync(engine);
        await StatusAsync(engine, decision, "dead");
        Assert.Equal(
            new DeliveryAttempt(1, engine.Channel.Sent[0].CreatedAt, "failed", 404, "no such place", 0),
            Assert.Single((await engine.Engine.GetDecisionAsync(decision, CancellationToken.None))!.Attempts));
    }

    [Fact]
    public async Task Action_ThatFailsToTheEnd_IsDeadAfterTheLastAttempt()
    {
        var harness = new EngineHarness();
        var rescue = harness.Policy["rules"]!.AsArray().Single(rule => (string?)rule!["id"] == "rescue")!;
        harness.Policy["rules"] = new JsonArray(rescue.DeepClone());
        await using var engine = await harness.StartAsync();
        engine.Channel.Answer = _ => throw new InvalidOperationException(new string('x', 1_000));
        var decision = await DecideAsync(engine);
        await engine.AdvanceUntilAsync(engine.Channel.SentAsync(RetrySchedule.Waits.Count), TimeSpan.FromHours(1));
        await StatusAsync(engine, decision, "dead");
        var attempts = (await engine.Engine.GetDecisionAsync(decision, CancellationToken.None))!.Attempts;
        Assert.Equal(RetrySchedule.Waits.Count, attempts.Count);
        Assert.All(attempts, attempt => Assert.Equal(500, attempt.Detail!.Length));
    }

    [Fact]
    public async Task Sends_OfOneChannel_AreBounded()
    {
        var harness = new EngineHarness();
        harness.Options.Outbox.ConcurrencyMax = 2;
        var channel = new GatedChannel();
        await using var engine = await harness.StartAsync(channel);
        await engine.IngestAsync(
            [.. Enumerable.Range(0, 8).Select(i => Make.Event($"customer-{i}", EventKind.PaymentFailed, 0, $"pf-{i}"))]);
        await channel.RunAsync(8);
        Assert.Equal(2, channel.RunningMost);
    }

    [Fact]
    public async Task Action_DeliveredWhileALaterOneWaitsForItsTurn_IsNotSentAgain()
    {
        var store = RotatingStore.Over(new InMemoryStore());
        var harness = new EngineHarness((IEngineStore)store);
        harness.Options.Shards = 1;
        harness.Options.Outbox.ConcurrencyMax = 1;
        var channel = new GatedChannel();
        await using var engine = await harness.StartAsync(channel);
        await engine.IngestAsync(Make.Event("anna", EventKind.PaymentFailed, 0, "pf-a"));
        await channel.EnteredAsync();
        await engine.IngestAsync(
            Make.Event("berta", EventKind.PaymentFailed, 0, "pf-b"), Make.Event("carla", EventKind.PaymentFailed, 0, "pf-c"));
        await store.ReadThree.Task.WaitAsync(TimeSpan.FromSeconds(30));
        for (var next = 0; next < 2; next++)
        {
            channel.Release();
            await channel.EnteredAsync();
        }

        channel.Release();
        Assert.Equal(["anna", "berta", "carla"], channel.Sent.Order());
    }

    [Fact]
    public async Task Policy_ThatSendsToAChannelNobodyServes_IsAProblemInTheStatus()
    {
        await using var engine = await new EngineHarness().StartAsync(new RecordingChannel("webhook"));
        Assert.Contains("'log'", Assert.Single(engine.Status.Problems), StringComparison.Ordinal);
        Assert.True(engine.Status.IsReady);
    }

    [Fact]
    public void Engine_WithTwoChannelsOfOneName_IsRefused()
    {
        var harness = new EngineHarness();
        Assert.Throws<ArgumentException>(() => harness.Build([new RecordingChannel("log"), new RecordingChannel("log")]));
    }

    private static async Task<string> DecideAsync(EngineHarness engine)
    {
        await engine.IngestAsync(Make.Event("anna", EventKind.PaymentFailed, 0, "pf"));
        return Assert.Single((await engine.InsightAsync("anna"))!.LastDecisions).DecisionId;
    }

    /// <summary>Waits for the commit that brings the decision to a status.</summary>
    private static async Task StatusAsync(EngineHarness engine, string decision, string status)
    {
        var store = (InMemoryStore)engine.Store;
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Committed = group =>
        {
            if (group.Attempts.Any(row => row.State != OutboxState.Pending)) settled.TrySetResult();
        };
        var progress = store.FindProgress(decision);
        if (progress.Delivery == OutboxState.Pending) await settled.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await engine.SettleAsync();
        Assert.Equal(status, (await engine.Engine.GetDecisionAsync(decision, CancellationToken.None))!.Summary.Status);
        Assert.Equal(status, Assert.Single((await engine.InsightAsync("anna"))!.LastDecisions).Status);
    }

    /// <summary>Lets sends through one by one, when as many as allowed are inside.</summary>
    private sealed class GatedChannel : IActionChannel, IDisposable
    {
        private readonly SemaphoreSlim _entered = new(0);
        private readonly SemaphoreSlim _gate = new(0);
        private int _running;

        public string Name => "log";

        public int RunningMost { get; private set; }

        public ConcurrentBag<string> Sent { get; } = [];

        public async ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken)
        {
            Sent.Add(message.CustomerId);
            RunningMost = Math.Max(RunningMost, Interlocked.Increment(ref _running));
            _entered.Release();
            await _gate.WaitAsync(cancellationToken);
            Interlocked.Decrement(ref _running);
            return DeliveryResult.Delivered;
        }

        public async Task RunAsync(int sends)
        {
            for (var i = 0; i < sends; i++)
            {
                await EnteredAsync();
                Release();
            }
        }

        public async Task EnteredAsync() => Assert.True(await _entered.WaitAsync(TimeSpan.FromSeconds(30)));

        public void Release() => _gate.Release();

        public void Dispose()
        {
            _entered.Dispose();
            _gate.Dispose();
        }
    }

    /// <summary>Gives the newest due action first: commits of several shards need not come in the order of their times.</summary>
    public class RotatingStore : DispatchProxy
    {
        private IEngineStore _store = null!;

        /// <summary>Done when three actions were due at once.</summary>
        public TaskCompletionSource ReadThree { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static RotatingStore Over(IEngineStore store)
        {
            var proxy = (RotatingStore)(object)Create<IEngineStore, RotatingStore>();
            proxy._store = store;
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var answer = targetMethod!.Invoke(_store, args);
            if (answer is not IReadOnlyList<OutboxRow> { Count: 3 } due) return answer;
            ReadThree.TrySetResult();
            return new[] { due[2], due[0], due[1] };
        }
    }
}
