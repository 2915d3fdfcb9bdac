using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;
using EvaluationException = RealtimeInsight.Insights.Evaluation.EvaluationException;

namespace RealtimeInsight.Insights.Lifetime;

/// <summary>Nelder-Mead, started again where it stopped, so that a collapsed simplex does not pass for a minimum.</summary>
internal static class SimplexSearch
{
    private const double Tolerance = 1e-7;
    private const int IterationsMax = 5000;
    private const int Restarts = 3;

    /// <exception cref="EvaluationException">There is no minimum to be found, as with a handful of customers.</exception>
    public static (double[] Point, double Value) Minimise(Func<double[], double> cost, double[] start)
    {
        var search = new NelderMeadSimplex(Tolerance, IterationsMax);
        var objective = ObjectiveFunction.Value(point => Finite(cost(point.ToArray())));
        var point = Vector<double>.Build.DenseOfArray(start);
        var value = Finite(cost(start));
        for (var round = 0; round <= Restarts; round++)
        {
            var steps = Vector<double>.Build.Dense(start.Length, round == 0 ? 0.5 : 0.2);
            try
            {
                var found = search.FindMinimum(objective, point, steps);
                point = found.MinimizingPoint;
                value = found.FunctionInfoAtMinimum.Value;
            }
            catch (MaximumIterationsException)
            {
                throw new EvaluationException(
                    $"the likelihood of the purchases has no maximum that {IterationsMax} steps find: they are too few or too alike "
                    + "to fit a purchase model; give more customers or a longer time");
            }
        }

        return (point.ToArray(), value);
    }

    /// <summary>Far outside the sensible range the likelihood overflows; the search only has to learn that it is worse there.</summary>
    private static double Finite(double value) => double.IsFinite(value) ? value : 1e300;
}
