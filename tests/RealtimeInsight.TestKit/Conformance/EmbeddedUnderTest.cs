using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Simulation.Storage;
using RealtimeInsight.Simulation.Time;
using RealtimeInsight.TestKit.Scoring;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>The embedded engine over a store in memory. A crash is a new engine over the same store.</summary>
public sealed class EmbeddedUnderTest : IEngineUnderTest, IActionChannel
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Meter _meter = new(EngineInstruments.MeterName);
    private readonly InMemoryStore _store = new();
    private readonly VirtualTime _time = new(ConformanceShop.Start.ToDateTimeOffset());
    private readonly ConcurrentQueue<ActionMessage> _sent = new();
    private readonly Channel<ActionMessage> _arrived = Channel.CreateUnbounded<ActionMessage>();
    private readonly Channel<AttemptRow> _died = Channel.CreateUnbounded<AttemptRow>();
    private EmbeddedEngine _engine = null!; // Set by OpenAsync, the only way to make one.

    private TaskCompletionSource? _erased;

    private EmbeddedUnderTest() => _store.Committed = group =>
    {
        if (group.Controls.OfType<EraseRow>().Any()) Volatile.Read(ref _erased)?.TrySetResult();
        foreach (var one in group.Attempts.Where(static one => one.State == OutboxState.Dead)) Assert.True(_died.Writer.TryWrite(one));
    };

    public ICustomerEngine Engine => _engine;

    public IReadOnlyCollection<ActionMessage> Sent => _sent;

    public Func<ActionMessage, DeliveryResult> Answer { private get; set; } = static _ => DeliveryResult.Delivered;

    string IActionChannel.Name => "log";

    public static async Task<IEngineUnderTest> OpenAsync()
    {
        var shop = new EmbeddedUnderTest();
        await shop.StartAsync();
        return shop;
    }

    public Task WaitForOneAsync() => _arrived.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public Task WaitForDeadAsync() => _died.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public async Task SetTimeAsync(Instant now)
    {
        _time.Advance(now.ToDateTimeOffset() - _time.GetUtcNow());

        // Reads are answered at the start of a step and what is due runs in it: after two reads the first one's step is over.
        for (var read = 0; read < 2; read++) await _engine.GetAtRiskAsync(1, CancellationToken.None);
        await _engine.IngestAsync(new IngestBatch([], [new RejectedItem(now, "test", 0, "settle", "", "")]), CancellationToken.None);
    }

    /// <summary>Customers are saved as the clock moves on, which it does once the customer is gone.</summary>
    public async Task<ErasureResult?> EraseAsync(string customer)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _erased, gone);
        var erasing = _engine.EraseAsync(CustomerId.Parse(customer), CancellationToken.None).AsTask();
        await Task.WhenAny(erasing, gone.Task).WaitAsync(s_patience);
        for (var step = 0; step < 10_000 && !erasing.IsCompleted; step++)
        {
            await SetTimeAsync(Instant.From(_time.GetUtcNow()) + TimeSpan.FromSeconds(5));
        }

        return await erasing.WaitAsync(s_patience);
    }

    public Task<IAsyncEnumerator<EngineNotice>> FollowAsync() =>
        Task.FromResult(_engine.SubscribeAsync(CancellationToken.None).GetAsyncEnumerator());

    public async Task CrashAsync()
    {
        await _engine.AbortAsync();
        await StartAsync();
    }

    ValueTask<DeliveryResult> IActionChannel.SendAsync(ActionMessage message, CancellationToken cancellationToken)
    {
        _sent.Enqueue(message);
        Assert.True(_arrived.Writer.TryWrite(message));
        return ValueTask.FromResult(Answer(message));
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _meter.Dispose();
    }

    private async Task StartAsync()
    {
        var learning = new EngineLearning(ConformanceShop.Policy, new LearningOptions(), isHistory: false, _time);
        _engine = new EmbeddedEngine(
            new EngineOptions { Shards = 2 }, ConformanceShop.Customers, new DecisionMaker(ConformanceShop.Policy, learning.Variants),
            new LinearScorer(), _store, [this], new EngineInstruments(_meter), _time, NullLogger<EmbeddedEngine>.Instance)
        {
            Learning = learning,
        };
        await _engine.StartAsync(CancellationToken.None);
    }
}
