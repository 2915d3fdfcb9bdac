using System.Runtime.InteropServices;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Models;
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

    /// <exception cref="CliException">A score failed, or it differs from what was judged.</exception>
    public (IReadOnlyList<Head> Heads, double Difference) Run(ServedModel model, CancellationToken cancellationToken)
    {
        var served = new float[_expected.Length];
        model.Score(_features, _set, (_, rows) => IsAnyJudged(rows), Keep, cancellationToken);
        return (Judge(served), Difference(served));

        void Keep(ScoreBatch batch, int at, int row)
        {
            var to = row * OutcomeLabels.Heads;
            (served[to], served[to + 1], served[to + 2]) = (batch.Churn[at], batch.Abandonment[at], batch.Purchase[at]);
        }
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
}
