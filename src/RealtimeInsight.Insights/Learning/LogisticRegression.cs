using MathNet.Numerics.LinearAlgebra;

namespace RealtimeInsight.Insights.Learning;

/// <summary>
/// Logistic regression with a ridge penalty on standardised features, fitted by Newton's method. A missing value counts as the
/// training mean. Deterministic.
/// </summary>
public sealed class LogisticRegression
{
    private const int StepsMax = 60;
    private const double StepTolerance = 1e-8;

    private readonly double[] _means;
    private readonly double[] _scales;
    private readonly double[] _weights;
    private readonly double _intercept;

    private LogisticRegression(double[] means, double[] scales, double[] weights, double intercept)
    {
        _means = means;
        _scales = scales;
        _weights = weights;
        _intercept = intercept;
    }

    /// <summary>Weights of the standardised features, in column order.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <param name="ridge">Penalty on the squared standardised weights, in units of one case; the intercept is free.</param>
    public static LogisticRegression Fit(
        IReadOnlyList<double[]> rows, IReadOnlyList<bool> labels, double ridge, IReadOnlyList<double>? caseWeights = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(labels);
        if (rows.Count == 0 || rows.Count != labels.Count)
        {
            throw new ArgumentException($"{rows.Count} rows and {labels.Count} labels: give one of each a case, and at least one");
        }

        var width = rows[0].Length;
        var (means, scales) = Moments(rows, width);
        var design = Matrix<double>.Build.Dense(rows.Count, width + 1, (i, j) => j == width ? 1
            : Standard(rows[i][j], means[j], scales[j]));
        var beta = Vector<double>.Build.Dense(width + 1);
        for (var step = 0; step < StepsMax; step++)
        {
            var scores = design * beta;
            var gradient = Vector<double>.Build.Dense(width + 1);
            var curvature = Matrix<double>.Build.Dense(width + 1, width + 1);
            Accumulate(design, labels, caseWeights, scores, gradient, curvature);
            for (var j = 0; j <= width; j++)
            {
                var penalty = j == width ? 1e-9 : ridge;
                gradient[j] -= penalty * beta[j];
                curvature[j, j] += penalty;
            }

            var change = curvature.Cholesky().Solve(gradient);
            var size = change.InfinityNorm();
            beta += size > 5 ? change * (5 / size) : change;
            if (size < StepTolerance) break;
        }

        return new LogisticRegression(means, scales, [.. beta.Take(width)], beta[width]);
    }

    /// <summary>Probability of a positive label.</summary>
    public double Predict(ReadOnlySpan<double> row)
    {
        var score = _intercept;
        for (var j = 0; j < _weights.Length; j++) score += _weights[j] * Standard(row[j], _means[j], _scales[j]);
        return 1 / (1 + Math.Exp(-score));
    }

    private static void Accumulate(
        Matrix<double> design,
        IReadOnlyList<bool> labels,
        IReadOnlyList<double>? caseWeights,
        Vector<double> scores,
        Vector<double> gradient,
        Matrix<double> curvature)
    {
        var width = design.ColumnCount;
        var sums = new double[width, width];
        var row = new double[width];
        for (var i = 0; i < design.RowCount; i++)
        {
            var probability = 1 / (1 + Math.Exp(-scores[i]));
            var weight = caseWeights?[i] ?? 1;
            var residual = weight * ((labels[i] ? 1 : 0) - probability);
            var spread = weight * Math.Max(probability * (1 - probability), 1e-10);
            for (var j = 0; j < width; j++) row[j] = design[i, j];
            for (var j = 0; j < width; j++)
            {
                gradient[j] += residual * row[j];
                var scaled = spread * row[j];
                if (scaled == 0) continue;
                for (var k = 0; k <= j; k++) sums[j, k] += scaled * row[k];
            }
        }

        for (var j = 0; j < width; j++)
        {
            for (var k = 0; k <= j; k++)
            {
                curvature[j, k] = sums[j, k];
                curvature[k, j] = sums[j, k];
            }
        }
    }

    private static (double[] Means, double[] Scales) Moments(IReadOnlyList<double[]> rows, int width)
    {
        var means = new double[width];
        var scales = new double[width];
        for (var j = 0; j < width; j++)
        {
            double sum = 0, squares = 0;
            var count = 0;
            foreach (var row in rows)
            {
                if (double.IsNaN(row[j])) continue;
                sum += row[j];
                squares += row[j] * row[j];
                count++;
            }

            means[j] = count == 0 ? 0 : sum / count;
            var variance = count == 0 ? 0 : (squares / count) - (means[j] * means[j]);
            scales[j] = variance > 1e-12 ? 1 / Math.Sqrt(variance) : 0;
        }

        return (means, scales);
    }

    private static double Standard(double value, double mean, double scale) => double.IsNaN(value) ? 0 : (value - mean) * scale;
}
