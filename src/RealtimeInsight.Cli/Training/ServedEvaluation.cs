using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Cli.Bench;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Onnx;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Cli.Training;

/// <summary>
/// Judges a model version as it will be served: every customer with later events is scored from the first event on, through the pool and
/// its calibration, and the probabilities have to be those that the trainer judged.
/// </summary>
internal sealed class ServedEvaluation
{
    /// <summary>Largest difference allowed from the trainer's probabilities: two runtimes round differently, event after event.</summary>
    public const double DifferenceMax = 2e-3;

    /// <summary>Cases beyond which the intervals are too narrow to be worth their time.</summary>
    private const int IntervalCasesMax = 20_000;

    private const int BatchRows = 256;
    private const double Threshold = 0.5;

    private readonly string _features;
    private readonly FeatureSet _set;
    private readonly byte[] _judged;
    private readonly float[] _expected;

    /// <param name="features">Folder of the arrays.</param>
    /// <param name="work">Folder of what the trainer judged.</param>
    public ServedEvaluation(string features, FeatureSet set, string work)
    {
        _features = features;
        _set = set;
        _judged = File.ReadAllBytes(Path.Combine(work, "judged.bin"));
        _expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(work, "probabilities.bin"))).ToArray();
        if (_judged.Length != _expected.Length || _judged.Length != set.Rows * OutcomeLabels.Heads)
        {
            throw CliException.Failure(
                $"{work}: holds {_judged.Length} judged marks and {_expected.Length} probabilities for {set.Rows} rows; train again");
        }
    }

    /// <summary>One figure of a head on one source's later events.</summary>
    public sealed record Head(string Source, string Name, int N, BinaryScores Scores, (double Low, double High)? Auc);

    /// <exception cref="CliException">The version cannot serve, a score failed, or it differs from what was judged.</exception>
    public async Task<(IReadOnlyList<Head> Heads, double Difference)> RunAsync(
        string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var version = new DirectoryInfo(folder);
        using var meters = new BenchMeters();
        var options = new InferenceOptions { ModelName = version.Parent!.Name, ModelVersion = version.Name };
        var pool = new InferencePool(options, new InferenceInstruments(meters), time, NullLogger<InferencePool>.Instance);
        await using (pool.ConfigureAwait(false))
        {
            var repository = new ModelRepository(version.Parent.Parent!.FullName, FeatureSchema.Hash);
            if (!pool.TryLoad(repository, new OnnxModelRunnerFactory(options, NullLogger<OnnxModelRunnerFactory>.Instance)))
            {
                throw CliException.Failure($"the trained model cannot serve: {pool.Problem}");
            }

            var served = Score(pool, cancellationToken);
            return (Judge(served), Difference(served));
        }
    }

    private float[] Score(InferencePool pool, CancellationToken cancellationToken)
    {
        using var rowsOf = new FeatureRows<int>(_features, _set, "sequence_rows");
        using var startsOf = new FeatureRows<int>(_features, _set, "sequence_starts");
        var (rows, starts) = (rowsOf.ReadAll(), startsOf.ReadAll());
        var asked = Enumerable.Range(0, (int)_set.Sequences)
            .Where(i => IsAnyJudged(rows.AsSpan(starts[i]..starts[i + 1])))
            .OrderByDescending(i => starts[i + 1] - starts[i])
            .ToArray();
        var served = new float[_expected.Length];
        using var steps = new Steps(_features, _set);
        using var lease = pool.Lease();
        foreach (var chunk in asked.Chunk(BatchRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            steps.Run(lease, [.. chunk.Select(i => rows.AsMemory(starts[i]..starts[i + 1]))], served);
        }

        return served;
    }

    private bool IsAnyJudged(ReadOnlySpan<int> rows)
    {
        foreach (var row in rows)
        {
            if (_judged.AsSpan(row * OutcomeLabels.Heads, OutcomeLabels.Heads).ContainsAnyExcept((byte)0)) return true;
        }

        return false;
    }

    private double Difference(float[] served)
    {
        var worst = 0.0;
        for (var i = 0; i < served.Length; i++)
        {
            if (_judged[i] != 0) worst = Math.Max(worst, Math.Abs(served[i] - _expected[i]));
        }

        if (worst <= DifferenceMax) return worst;
        throw CliException.Failure(
            $"a served probability differs from the trained model's by {worst:G3}, at most {DifferenceMax:G3} is allowed; do not use it");
    }

    private List<Head> Judge(float[] served)
    {
        using var labelsOf = new FeatureRows<sbyte>(_features, _set, "labels");
        var labels = labelsOf.ReadAll();
        var found = new List<Head>();
        foreach (var source in _set.Sources)
        {
            for (var head = 0; head < OutcomeLabels.Heads; head++)
            {
                var rows = Enumerable.Range((int)source.FirstRow, (int)source.Rows)
                    .Select(row => (row * OutcomeLabels.Heads) + head)
                    .Where(at => _judged[at] != 0)
                    .ToList();
                if (rows.Count == 0) continue;
                var outcomes = new BinaryOutcomes([.. rows.Select(at => labels[at] == 1)], [.. rows.Select(at => (double)served[at])]);
                (double, double)? interval = rows.Count > IntervalCasesMax ? null
                    : Bootstrap.Intervals(rows.Count, seed: 1, weights => [outcomes.Measure(Threshold, weights).Auc])[0];
                found.Add(new Head(source.Name, ModelHeads.All[head], rows.Count, outcomes.Measure(Threshold), interval));
            }
        }

        return found;
    }

    /// <summary>Feeds customers to the pool side by side, event by event, the longest histories first.</summary>
    private sealed class Steps(string features, FeatureSet set) : IDisposable
    {
        private readonly FeatureRows<float> _tokens = new(features, set, "tokens");
        private readonly FeatureRows<short> _ids = new(features, set, "ids");
        private readonly FeatureRows<float> _profiles = new(features, set, "profiles");
        private readonly ScoreBatch _batch = new(BatchRows);
        private readonly short[] _shortIds = new short[ModelContract.TokenIds];

        /// <param name="customers">Rows of each, in order; no longer history comes after a shorter one.</param>
        public void Run(IModelLease lease, IReadOnlyList<ReadOnlyMemory<int>> customers, float[] served)
        {
            _batch.StateIn.AsSpan().Clear();
            for (var at = 0; at < customers[0].Length; at++)
            {
                var alive = 0;
                while (alive < customers.Count && customers[alive].Length > at) alive++;
                for (var i = 0; i < alive; i++) Fill(i, customers[i].Span[at]);
                _batch.Rows = alive;
                var outcome = lease.Step(_batch);
                if (outcome != ScoreOutcome.Scored) throw CliException.Failure($"the pool answered {outcome} while the model was judged");
                for (var i = 0; i < alive; i++)
                {
                    var to = customers[i].Span[at] * OutcomeLabels.Heads;
                    (served[to], served[to + 1], served[to + 2]) = (_batch.Churn[i], _batch.Abandonment[i], _batch.Purchase[i]);
                }

                _batch.StateOut.CopyTo(_batch.StateIn.AsSpan());
            }
        }

        public void Dispose()
        {
            _tokens.Dispose();
            _ids.Dispose();
            _profiles.Dispose();
        }

        private void Fill(int to, int row)
        {
            _tokens.Read(row, _batch.TokenRow(to));
            _profiles.Read(row, _batch.ProfileRow(to));
            _ids.Read(row, _shortIds);
            for (var i = 0; i < _shortIds.Length; i++) _batch.IdRow(to)[i] = _shortIds[i];
        }
    }
}
