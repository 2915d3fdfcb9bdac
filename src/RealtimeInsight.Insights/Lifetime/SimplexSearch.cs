using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace RealtimeInsight.Insights.Lifetime;

/// <summary>Nelder-Mead, started again where it stopped, so that a collapsed simplex does not pass for a minimum.</summary>
internal static class SimplexSearch
{
    private const double Tolerance = 1e-7;
    private const int IterationsMax = 5000;
    private const int Restarts = 3;

    public static (double[] Point, double Value) Minimise(Func<double[], double> cost, double[] start)
    {
        var search = new NelderMeadSimplex(Tolerance, IterationsMax);
        var objective = ObjectiveFunction.Value(point => Finite(cost(point.ToArray())));
        var point = Vector<double>.Build.DenseOfArray(start);
        var value = Finite(cost(start));
        for (var round = 0; round <= Restarts; round++)
        {
            var steps = Vector<double>.Build.Dense(start.Length, round == 0 ? 0.5 : 0.2);
            var found = search.FindMinimum(objective, point, steps);
            point = found.MinimizingPoint;
            value = found.FunctionInfoAtMinimum.Value;
        }

        return (point.ToArray(), value);
    }

    /// <summary>Far outside the sensible range the likelihood overflows; the search only has to learn that it is worse there.</summary>
    private static double Finite(double value) => double.IsFinite(value) ? value : 1e300;
}
