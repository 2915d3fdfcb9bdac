using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Engine.Work;
using RealtimeInsight.Inference;
using RealtimeInsight.Simulation.Storage;
using RealtimeInsight.Simulation.Time;
using RealtimeInsight.TestKit.Scoring;

namespace RealtimeInsight.Engine.Tests.Embedded;

/// <summary>One engine over a store that outlives it, with a virtual clock, a small model and a policy of three rules.</summary>
internal sealed class EngineHarness : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly Meter _meter = new(EngineInstruments.MeterName);

    public EngineHarness(IEngineStore? store = null, VirtualTime? time = null)
    {
        Store = store ?? new InMemoryStore();
        Time = time ?? new VirtualTime(Start);
        Channel = new RecordingChannel("log");
        Options.Shards = 2;
    }

    public EngineOptions Options { get; } = new();

    public CustomerOptions CustomerOptions { get; } = new();

    public IEngineStore Store { get; }

    public VirtualTime Time { get; }

    public LinearScorer Scorer { get; set; } = new();

    /// <summary>When set, the engine has it in place of <see cref="Scorer"/>.</summary>
    public IScorer? Pool { get; set; }

    /// <summary>When set, what is known of the models outlives the engine.</summary>
    public IWatchStore? WatchStore { get; set; }

    /// <summary>When set, what is learned outlives the engine.</summary>
    public IWatchStore? LearningStore { get; set; }

    public EngineLearning Learning { get; private set; } = null!;

    /// <summary>When set, the engine's work runs there.</summary>
    public IWorkHost? WorkHost { get; set; }

    public RecordingChannel Channel { get; set; }

    public JsonObject Policy { get; set; } = DefaultPolicy();

    public EmbeddedEngine Engine { get; private set; } = null!;

    public EngineStatus Status => Engine.GetStatus();

    public static JsonObject DefaultPolicy() => new()
    {
        ["name"] = "test",
        ["frequency_cap"] = new JsonObject { ["max"] = 3, ["window"] = "7d" },
        ["cool_down"] = "1h",
        ["rules"] = new JsonArray(
            new JsonObject { ["id"] = "cart-reminder", ["on"] = "cart_abandoned", ["action"] = "reminder", ["channel"] = "log" },
            new JsonObject { ["id"] = "win-back", ["on"] = "dormancy_reached", ["action"] = "coupon", ["channel"] = "log" },
            new JsonObject { ["id"] = "rescue", ["on"] = "payment_failed", ["action"] = "service_call", ["channel"] = "log" }),
    };

    public EmbeddedEngine Build(IEnumerable<IActionChannel> channels)
    {
        var policy = Domain.Decisions.Policy.Parse(Policy);
        Learning = new EngineLearning(policy, Options.Learning, Options.Clock == EngineClock.EventTime, Time);
        return new EmbeddedEngine(
            Options, CustomerOptions, new DecisionMaker(policy, Learning.Variants, Learning.Statistics), Pool ?? Scorer, Store, channels,
            new EngineInstruments(_meter), Time, NullLogger<EmbeddedEngine>.Instance)
        {
            WatchStore = WatchStore,
            Learning = Learning,
            LearningStore = LearningStore,
            WorkHost = WorkHost ?? new ThreadHost(),
        };
    }

    public Task<EngineHarness> StartAsync(IActionChannel? channel = null) => StartAsync([channel ?? Channel]);

    public async Task<EngineHarness> StartAsync(IActionChannel[] channels)
    {
        Engine = Build(channels);
        await Engine.StartAsync(CancellationToken.None).WaitAsync(s_patience);
        return this;
    }

    /// <summary>A second engine over the same store and clock, after this one.</summary>
    public Task<EngineHarness> RestartAsync(Action<EngineHarness>? change = null)
    {
        var next = new EngineHarness(Store, Time)
        {
            Scorer = Scorer, Pool = Pool, Channel = Channel, Policy = Policy, WatchStore = WatchStore,
            LearningStore = LearningStore,
        };
        next.Options.Shards = Options.Shards;
        next.Options.Clock = Options.Clock;
        next.Options.Learning = Options.Learning;
        next.Options.Retention = Options.Retention;
        next.Options.ResidentBytesMax = Options.ResidentBytesMax;
        next.CustomerOptions.EventIdsMax = CustomerOptions.EventIdsMax;
        change?.Invoke(next);
        return next.StartAsync();
    }

    public async Task<IngestResult> IngestAsync(params CustomerEvent[] events) =>
        await Engine.IngestAsync(IngestBatch.Of(events), CancellationToken.None).AsTask().WaitAsync(s_patience);

    public async Task<CustomerInsight?> InsightAsync(string customer) =>
        await Engine.GetInsightAsync(CustomerId.Parse(customer), CancellationToken.None).AsTask().WaitAsync(s_patience);

    /// <summary>Moves the clock and waits until every shard has done what became due and the commit has it.</summary>
    public async Task AdvanceAsync(TimeSpan span)
    {
        Time.Advance(span);
        await SettleAsync();
    }

    /// <summary>Waits until every shard has done a step from now on.</summary>
    public async Task StepAsync()
    {
        // Those at risk are asked for at the start of a step: after two answers the first one's step is over.
        for (var read = 0; read < 2; read++) await Engine.GetAtRiskAsync(1, CancellationToken.None).AsTask().WaitAsync(s_patience);
    }

    public async Task SettleAsync()
    {
        await StepAsync();
        await Engine.IngestAsync(new IngestBatch([], [Reject()]), CancellationToken.None).AsTask().WaitAsync(s_patience);

        // What was saved may leave memory from its commit on.
        await StepAsync();
    }

    /// <summary>
    /// Moves the clock in steps until the task is done; between two steps the engine gets to answer a read, so that nobody has to wait for
    /// a moment that has passed.
    /// </summary>
    public async Task AdvanceUntilAsync(Task task, TimeSpan step)
    {
        for (var steps = 0; steps < 100_000 && !task.IsCompleted; steps++)
        {
            Time.Advance(step);
            await Engine.GetAtRiskAsync(1, CancellationToken.None).AsTask().WaitAsync(s_patience);
        }

        await task.WaitAsync(s_patience);
    }

    public Task RunToEndAsync() => Engine.RunToEndAsync(CancellationToken.None).AsTask().WaitAsync(s_patience);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync().AsTask().WaitAsync(s_patience);
        _meter.Dispose();
    }

    private static RejectedItem Reject() => new(Instant.From(Start), "test", 0, "settle", "", "");
}

/// <summary>Short forms of events; the same number gives the same id.</summary>
internal static class Make
{
    public static Instant At(double minutes) => Instant.From(EngineHarness.Start.AddMinutes(minutes));

    public static CustomerEvent Event(
        string customer, EventKind kind, double minutes, string id, string product = "p1", decimal? price = 20m) => new()
    {
        Id = EventId.Parse(id),
        Kind = kind,
        Customer = CustomerId.Parse(customer),
        OccurredAt = At(minutes),
        IngestedAt = At(minutes),
        Products = kind is EventKind.ProductViewed or EventKind.CartAdded or EventKind.CartRemoved or EventKind.OrderCompleted
            ? [new ProductLine(product, "shoes", "acme", null, price)]
            : [],
        Currency = "EUR",
        OrderId = kind == EventKind.OrderCompleted ? $"order-{id}" : null,
    };

    public static CustomerEvent View(string customer, double minutes, string? id = null) =>
        Event(customer, EventKind.ProductViewed, minutes, id ?? Id(customer, "view", minutes));

    public static CustomerEvent Add(string customer, double minutes, string? id = null) =>
        Event(customer, EventKind.CartAdded, minutes, id ?? Id(customer, "add", minutes));

    public static CustomerEvent Order(string customer, double minutes, string? id = null) =>
        Event(customer, EventKind.OrderCompleted, minutes, id ?? Id(customer, "order", minutes));

    private static string Id(string customer, string kind, double minutes) =>
        string.Create(CultureInfo.InvariantCulture, $"{customer}-{kind}-{minutes}");
}

/// <summary>Keeps what it was asked to send and answers as told.</summary>
internal sealed class RecordingChannel(string name) : IActionChannel
{
    private readonly Lock _gate = new();
    private readonly List<ActionMessage> _sent = [];
    private readonly List<(int Count, TaskCompletionSource Done)> _waiting = [];

    public string Name => name;

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public Func<ActionMessage, DeliveryResult> Answer { get; set; } = static _ => DeliveryResult.Delivered;

    public IReadOnlyList<ActionMessage> Sent
    {
        get
        {
            lock (_gate) return [.. _sent];
        }
    }

    public ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _sent.Add(message);
            foreach (var (count, done) in _waiting)
            {
                if (_sent.Count >= count) done.TrySetResult();
            }
        }

        return ValueTask.FromResult(Answer(message));
    }

    /// <summary>Waits until that many were sent.</summary>
    public Task SentAsync(int count)
    {
        lock (_gate)
        {
            if (_sent.Count >= count) return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, done));
            return done.Task.WaitAsync(TimeSpan.FromMinutes(2));
        }
    }
}
