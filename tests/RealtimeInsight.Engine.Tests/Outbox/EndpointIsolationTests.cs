using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Tests.Embedded;

namespace RealtimeInsight.Engine.Tests.Outbox;

/// <summary>What one endpoint does is nothing to another, and does not cost the engine more than its share.</summary>
public sealed class EndpointIsolationTests
{
    private const int Customers = 40;

    [Fact]
    public async Task Endpoint_ThatNeverAnswers_DoesNotDelayAnother()
    {
        var never = new TaskCompletionSource<DeliveryResult>();
        using var stuck = new CountingChannel("stuck", (_, stop) => new ValueTask<DeliveryResult>(never.Task.WaitAsync(stop)));
        var quick = new RecordingChannel("quick");
        var harness = Harness();
        await using var engine = await harness.StartAsync([stuck, quick]);
        await DecideAsync(engine);
        // No time passes: whatever the stuck one holds, the quick one does not wait for it.
        await quick.SentAsync(Customers);
        Assert.Equal(engine.Options.Outbox.ConcurrencyMax, stuck.Sends);
        Assert.Equal(EngineHarness.Start, engine.Time.GetUtcNow());
    }

    [Fact]
    public async Task Endpoint_ThatFailsAlways_IsTriedRarely_WhileAnotherGetsEverythingAtOnce()
    {
        using var broken = new CountingChannel(
            "stuck", static (_, _) => ValueTask.FromResult(new DeliveryResult(DeliveryStatus.Retry, 503)));
        var quick = new RecordingChannel("quick");
        await using var engine = await Harness().StartAsync([broken, quick]);
        await DecideAsync(engine);
        await quick.SentAsync(Customers);
        for (var minute = 0; minute < 60; minute++) await engine.AdvanceAsync(TimeSpan.FromMinutes(1));

        // Five failures and those beside them; then one try after 5, 10, 20, ... seconds, and every five minutes at most.
        Assert.InRange(broken.Sends, 5, 5 + engine.Options.Outbox.ConcurrencyMax + 7 + (60 / 5));
        var endpoint = (await engine.Engine.Delivery.GetEndpointsAsync(CancellationToken.None)).Single(one => one.Name == "stuck");
        Assert.Equal("paused", endpoint.State);
        Assert.Contains("'stuck' is paused", Assert.Single(engine.Status.Problems), StringComparison.Ordinal);
        Assert.Equal(Customers, engine.Status.ActionsDelivered);
    }

    [Fact]
    public async Task Endpoint_ThatWorksAgain_GetsWhatWaited()
    {
        var isBroken = true;
        using var channel = new CountingChannel("stuck", (_, _) => ValueTask.FromResult(
            Volatile.Read(ref isBroken) ? new DeliveryResult(DeliveryStatus.Retry, 503) : DeliveryResult.Delivered));
        await using var engine = await Harness().StartAsync([channel, new RecordingChannel("quick")]);
        await DecideAsync(engine);
        for (var minute = 0; minute < 10; minute++) await engine.AdvanceAsync(TimeSpan.FromMinutes(1));
        Volatile.Write(ref isBroken, false);
        for (var minute = 0; minute < 60; minute++) await engine.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((2L * Customers, 0L), (engine.Status.ActionsDelivered, engine.Status.DeadLetters));
        Assert.Equal(Customers, channel.Delivered);
    }

    [Fact]
    public async Task Names_ThatLeadToOneEndpoint_ShareItsLimit()
    {
        var never = new TaskCompletionSource<DeliveryResult>();
        using var both = new CountingChannel("stuck", (_, stop) => new ValueTask<DeliveryResult>(never.Task.WaitAsync(stop)))
        {
            Aliases = ["quick"],
        };
        await using var engine = await Harness().StartAsync([both]);
        await DecideAsync(engine);
        await both.SentAsync(engine.Options.Outbox.ConcurrencyMax);
        await engine.SettleAsync();
        Assert.Equal(engine.Options.Outbox.ConcurrencyMax, both.Sends);
        Assert.Equal(["stuck", "quick"], Assert.Single((await engine.Engine.Delivery.GetEndpointsAsync(CancellationToken.None))).Names);
        Assert.Empty(engine.Status.Problems);
    }

    [Fact]
    public async Task Batches_GoOutTogether_AndOneRefusedActionIsLeftBehindAlone()
    {
        var channel = new BatchChannel(16, message => message.CustomerId == "customer-7");
        var harness = Harness();
        harness.Options.Outbox.ConcurrencyMax = 1;
        harness.Policy["rules"]!.AsArray().RemoveAt(1);
        await using var engine = await harness.StartAsync([channel]);
        await DecideAsync(engine);
        for (var minute = 0; minute < 60; minute++) await engine.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((Customers - 1L, 1L), (engine.Status.ActionsDelivered, engine.Status.DeadLetters));
        Assert.Equal(Customers - 1, channel.Delivered.Distinct().Count());
        Assert.Contains(channel.Sizes, size => size > 1);
        Assert.InRange(channel.Sizes.Max(), 2, 16);
    }

    /// <summary>Two rules, one for each endpoint, for the same customers.</summary>
    private static EngineHarness Harness()
    {
        var harness = new EngineHarness();
        harness.Policy["rules"] = new JsonArray(Rule("to-stuck", "payment_failed", "stuck"), Rule("to-quick", "review_posted", "quick"));
        harness.Policy["cool_down"] = "0s";
        return harness;
    }

    private static JsonObject Rule(string id, string on, string channel) =>
        new() { ["id"] = id, ["on"] = on, ["action"] = "reminder", ["channel"] = channel };

    private static async Task DecideAsync(EngineHarness engine)
    {
        await engine.IngestAsync(
        [
            .. Enumerable.Range(0, Customers).Select(i => Make.Event($"customer-{i}", EventKind.PaymentFailed, 0, $"pf-{i}")),
            .. Enumerable.Range(0, Customers).Select(i => Make.Event($"customer-{i}", EventKind.ReviewPosted, 0, $"rp-{i}")),
        ]);
    }

    private sealed class CountingChannel(string name, Func<ActionMessage, CancellationToken, ValueTask<DeliveryResult>> answer)
        : IActionChannel, IDisposable
    {
        private readonly SemaphoreSlim _sent = new(0);
        private int _sends;
        private int _delivered;

        public string Name => name;

        public IReadOnlyList<string> Aliases { get; init; } = [];

        public int Sends => Volatile.Read(ref _sends);

        public int Delivered => Volatile.Read(ref _delivered);

        public async ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _sends);
            _sent.Release();
            var result = await answer(message, cancellationToken);
            if (result.Status == DeliveryStatus.Delivered) Interlocked.Increment(ref _delivered);
            return result;
        }

        public void Dispose() => _sent.Dispose();

        public async Task SentAsync(int count)
        {
            for (var i = 0; i < count; i++) Assert.True(await _sent.WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    private sealed class BatchChannel(int batchMax, Func<ActionMessage, bool> isBad) : IBatchActionChannel
    {
        private readonly Lock _gate = new();

        public string Name => "stuck";

        public int BatchMax => batchMax;

        public List<int> Sizes { get; } = [];

        public List<string> Delivered { get; } = [];

        public ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken) =>
            SendAsync([message], cancellationToken);

        public ValueTask<DeliveryResult> SendAsync(IReadOnlyList<ActionMessage> messages, CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                Sizes.Add(messages.Count);
                if (messages.Any(isBad)) return ValueTask.FromResult(new DeliveryResult(DeliveryStatus.Failed, 400, "refused"));
                Delivered.AddRange(messages.Select(message => message.DecisionId));
                return ValueTask.FromResult(DeliveryResult.Delivered);
            }
        }
    }
}
