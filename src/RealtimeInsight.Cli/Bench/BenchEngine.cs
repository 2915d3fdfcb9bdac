using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Host;
using RealtimeInsight.Inference.Pool;

namespace RealtimeInsight.Cli.Bench;

/// <summary>The embedded engine with the shipped model and policy over a given store; its actions go nowhere.</summary>
internal sealed class BenchEngine : IAsyncDisposable
{
    private readonly Meter _meter = new(EngineInstruments.MeterName);
    private readonly BenchMeters _meters = new();
    private readonly InferencePool _pool;
    private readonly IEngineStore _store;

    private BenchEngine(
        EngineOptions options, IEngineStore store, TimeProvider time, Policy policy, IReadOnlyList<IActionChannel> channels)
    {
        var inference = new InferenceOptions { ModelsDirectory = ShippedFiles.Models };
        _store = store;
        _pool = new InferencePool(inference, new InferenceInstruments(_meters), time, NullLogger<InferencePool>.Instance);
        Engine = new EmbeddedEngine(
            options, new CustomerOptions(), new DecisionMaker(policy), _pool, store, channels,
            new EngineInstruments(_meter), time, NullLogger<EmbeddedEngine>.Instance);
    }

    public EmbeddedEngine Engine { get; }

    /// <summary>Owns the store from now on.</summary>
    /// <param name="onCuda">Scores on the CUDA device, through captured graphs.</param>
    /// <exception cref="BenchUnavailableException">There is no such device.</exception>
    public static Task<BenchEngine> StartAsync(
        EngineOptions options, IEngineStore store, TimeProvider time, CancellationToken cancellationToken, bool onCuda = false) =>
        StartAsync(options, store, time, PolicyFile.Load(PolicyFile.DefaultPath), [], cancellationToken, onCuda);

    /// <summary>The same with another policy and somewhere for its actions to go.</summary>
    public static async Task<BenchEngine> StartAsync(
        EngineOptions options, IEngineStore store, TimeProvider time, Policy policy, IReadOnlyList<IActionChannel> channels,
        CancellationToken cancellationToken, bool onCuda = false)
    {
        _ = HugePages.Advise();
        _ = ShortSlices.Ask();
        var bench = new BenchEngine(options, store, time, policy, channels);
        try
        {
            bench._pool.Swap(onCuda ? BenchModel.LoadOnCuda(capturesGraphs: true) : BenchModel.Load());
            await bench.Engine.StartAsync(cancellationToken).ConfigureAwait(false);
            return bench;
        }
        catch
        {
            await bench.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Sends batches in order, some on their way at a time, and returns when each is acknowledged.
    /// </summary>
    /// <exception cref="CliException">An event was not accepted: the figures would be of something else.</exception>
    public async Task SendAsync(IEnumerable<IngestBatch> batches, int inFlight, CancellationToken cancellationToken)
    {
        var waiting = new Queue<Task<IngestResult>>(inFlight);
        foreach (var batch in batches)
        {
            if (waiting.Count == inFlight) Check(await waiting.Dequeue().ConfigureAwait(false));
            waiting.Enqueue(Engine.IngestAsync(batch, cancellationToken).AsTask());
        }

        while (waiting.TryDequeue(out var oldest)) Check(await oldest.ConfigureAwait(false));
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync().ConfigureAwait(false);
        await _pool.DisposeAsync().ConfigureAwait(false);
        _store.Dispose();
        _meter.Dispose();
        _meters.Dispose();
    }

    private static void Check(IngestResult result)
    {
        if (result.Duplicates + result.Late == 0) return;
        throw CliException.Failure($"{result.Duplicates} events were taken for duplicates and {result.Late} were late; none may be");
    }
}
