using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Cli.Bench;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Onnx;
using RealtimeInsight.Inference.Pool;

namespace RealtimeInsight.Cli.Training;

/// <summary>A version on the pool that will serve it, to be fed with the events of a feature set.</summary>
internal sealed class ServedModel : IAsyncDisposable
{
    private const int BatchRows = 256;

    private readonly BenchMeters _meters = new();
    private readonly InferencePool _pool;

    private ServedModel(string folder, InferenceOptions options, TimeProvider time)
    {
        Folder = folder;
        _pool = new InferencePool(options, new InferenceInstruments(_meters), time, NullLogger<InferencePool>.Instance);
    }

    /// <summary>Of the version.</summary>
    public string Folder { get; }

    /// <param name="folder">Of the version: the last part is the version, the one above it the name.</param>
    /// <exception cref="CliException">The version cannot serve.</exception>
    public static async Task<ServedModel> LoadAsync(string folder, TimeProvider time)
    {
        var version = new DirectoryInfo(folder);
        var options = new InferenceOptions { ModelName = version.Parent!.Name, ModelVersion = version.Name };
        var model = new ServedModel(folder, options, time);
        var repository = new ModelRepository(version.Parent.Parent!.FullName, FeatureSchema.Hash);
        if (model._pool.TryLoad(repository, new OnnxModelRunnerFactory(options, NullLogger<OnnxModelRunnerFactory>.Instance))) return model;
        var problem = model._pool.Problem;
        await model.DisposeAsync().ConfigureAwait(false);
        throw CliException.Failure($"the model cannot serve: {problem}");
    }

    /// <summary>Feeds customers to the pool side by side, each from the first event on, the longest histories first.</summary>
    /// <param name="features">Folder of the arrays.</param>
    /// <param name="isAsked">By a customer's place in the set and rows.</param>
    /// <param name="scored">Told each event's place in the batch, which holds inputs and probabilities, and its row.</param>
    /// <exception cref="CliException">A score failed.</exception>
    public void Score(
        string features, FeatureSet set, Func<int, ArraySegment<int>, bool> isAsked, Action<ScoreBatch, int, int> scored,
        CancellationToken cancellationToken)
    {
        using var rowsOf = new FeatureRows<int>(features, set, "sequence_rows");
        using var startsOf = new FeatureRows<int>(features, set, "sequence_starts");
        using var events = new Events(features, set);
        var (rows, starts) = (rowsOf.ReadAll(), startsOf.ReadAll());
        var asked = Enumerable.Range(0, (int)set.Sequences)
            .Select(i => new ArraySegment<int>(rows, starts[i], starts[i + 1] - starts[i]))
            .Where((customer, i) => isAsked(i, customer))
            .OrderByDescending(static customer => customer.Count);
        var batch = new ScoreBatch(BatchRows);
        using var lease = _pool.Lease();
        foreach (var chunk in asked.Chunk(BatchRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.StateIn.AsSpan().Clear();
            for (var at = 0; at < chunk[0].Count; at++)
            {
                batch.Rows = chunk.TakeWhile(customer => customer.Count > at).Count();
                for (var i = 0; i < batch.Rows; i++) events.Read(chunk[i][at], batch, i);
                if (lease.Step(batch) is not ScoreOutcome.Scored and var outcome)
                {
                    throw CliException.Failure($"the pool answered {outcome} while the events were scored");
                }

                for (var i = 0; i < batch.Rows; i++) scored(batch, i, chunk[i][at]);
                batch.StateOut.CopyTo(batch.StateIn.AsSpan());
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync().ConfigureAwait(false);
        _meters.Dispose();
    }

    /// <summary>The inputs of single events.</summary>
    private sealed class Events(string features, FeatureSet set) : IDisposable
    {
        private readonly FeatureRows<float> _tokens = new(features, set, "tokens");
        private readonly FeatureRows<short> _ids = new(features, set, "ids");
        private readonly FeatureRows<float> _profiles = new(features, set, "profiles");
        private readonly short[] _shortIds = new short[ModelContract.TokenIds];

        public void Read(int row, ScoreBatch batch, int to)
        {
            _tokens.Read(row, batch.TokenRow(to));
            _profiles.Read(row, batch.ProfileRow(to));
            _ids.Read(row, _shortIds);
            for (var i = 0; i < _shortIds.Length; i++) batch.IdRow(to)[i] = _shortIds[i];
        }

        public void Dispose()
        {
            _tokens.Dispose();
            _ids.Dispose();
            _profiles.Dispose();
        }
    }
}
