using System.Collections.Concurrent;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Erasure;

/// <summary>Customers that are erased while their actions are on their way.</summary>
public sealed class ErasedActionTests
{
    [Theory]
    [InlineData(DeliveryStatus.Delivered)]
    [InlineData(DeliveryStatus.Failed)]
    [InlineData(DeliveryStatus.Retry)]
    [InlineData(DeliveryStatus.Gone)]
    public async Task Erase_WhileAnActionIsSent_TakesItOutOnce_WhateverTheReceiverAnswers(DeliveryStatus answer)
    {
        var store = new InMemoryStore();
        using var channel = new HeldChannel(new DeliveryResult(answer));
        await using var engine = await new EngineHarness(store).StartAsync(channel);
        await FailPaymentAsync(engine, "greta");
        var sent = await channel.NextAsync();

        await EraseAsync(engine, "greta");
        Assert.Equal((0, 0), (engine.Status.ActionsPending, engine.Status.DeadLetters));
        var attempted = AttemptedAsync(store);
        channel.Release();
        await attempted.WaitAsync(Erasing.Patience);
        await engine.SettleAsync();

        Assert.Equal((0, 0), (engine.Status.ActionsPending, engine.Status.DeadLetters));
        Assert.Equal(new OutboxCounts(0, 0, 0), store.CountOutbox());
        Assert.Null(store.FindDecision(sent.DecisionId));
        Assert.Empty(store.ReadAttempts(sent.DecisionId));
    }

    [Fact]
    public async Task Erase_OfACustomerWhoseActionWaitsBehindAnother_KeepsItFromBeingSent()
    {
        var store = new InMemoryStore();
        using var channel = new HeldChannel(DeliveryResult.Delivered);
        var harness = new EngineHarness(store);
        harness.Options.Outbox.ConcurrencyMax = 1;
        await using var engine = await harness.StartAsync(channel);
        await FailPaymentAsync(engine, "anna");
        await channel.NextAsync();
        await FailPaymentAsync(engine, "greta");
        await FailPaymentAsync(engine, "bea");

        await EraseAsync(engine, "greta");
        channel.Release();
        var next = await channel.NextAsync();
        Assert.Equal("bea", next.CustomerId);
        var attempted = AttemptedAsync(store);
        channel.Release();
        await attempted.WaitAsync(Erasing.Patience);
        await engine.SettleAsync();

        Assert.Equal(["anna", "bea"], channel.Sent.Order());
        Assert.Equal((0, 2), (engine.Status.ActionsPending, (int)store.CountOutbox().Delivered));
    }

    [Fact]
    public async Task Erase_TakesOutADeadLetter_AndItCannotBeRedriven()
    {
        var store = new InMemoryStore();
        using var channel = new HeldChannel(new DeliveryResult(DeliveryStatus.Failed));
        await using var engine = await new EngineHarness(store).StartAsync(channel);
        await FailPaymentAsync(engine, "greta");
        var sent = await channel.NextAsync();
        var attempted = AttemptedAsync(store);
        channel.Release();
        await attempted.WaitAsync(Erasing.Patience);
        await engine.SettleAsync();
        Assert.Equal((0, 1), (engine.Status.ActionsPending, engine.Status.DeadLetters));

        await EraseAsync(engine, "greta");

        Assert.False(await engine.Engine.Delivery.RedriveAsync(sent.DecisionId, CancellationToken.None));
        Assert.Equal((0, 0), (engine.Status.ActionsPending, engine.Status.DeadLetters));
    }

    private static Task FailPaymentAsync(EngineHarness engine, string customer) =>
        engine.IngestAsync(Make.Event(customer, EventKind.PaymentFailed, 0, $"failed-{customer}"));

    private static async Task EraseAsync(EngineHarness engine, string customer) =>
        Assert.Equal(1, (await engine.EraseAsync(CustomerId.Parse(customer)))!.Decisions);

    /// <summary>Done when the next attempt is committed; to be asked for before it can be.</summary>
    private static Task AttemptedAsync(InMemoryStore store)
    {
        var attempted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Committed = group =>
        {
            if (group.Attempts.Count > 0) attempted.TrySetResult();
        };
        return attempted.Task;
    }

    /// <summary>Holds every send until it is let go.</summary>
    private sealed class HeldChannel(DeliveryResult answer) : IActionChannel, IDisposable
    {
        private readonly ConcurrentQueue<ActionMessage> _messages = new();
        private readonly SemaphoreSlim _entered = new(0);
        private readonly SemaphoreSlim _gate = new(0);

        public string Name => "log";

        public ConcurrentBag<string> Sent { get; } = [];

        public async ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken)
        {
            Sent.Add(message.CustomerId);
            _messages.Enqueue(message);
            _entered.Release();
            await _gate.WaitAsync(cancellationToken);
            return answer;
        }

        /// <summary>The next message that is being sent.</summary>
        public async Task<ActionMessage> NextAsync()
        {
            Assert.True(await _entered.WaitAsync(Erasing.Patience));
            Assert.True(_messages.TryDequeue(out var message));
            return message;
        }

        public void Release() => _gate.Release();

        public void Dispose()
        {
            _entered.Dispose();
            _gate.Dispose();
        }
    }
}
