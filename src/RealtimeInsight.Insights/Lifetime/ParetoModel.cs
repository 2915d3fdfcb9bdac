using MathNet.Numerics;

namespace RealtimeInsight.Insights.Lifetime;

/// <summary>
/// Pareto/NBD (Schmittlein, Morrison and Colombo 1987): a customer may stop at any moment, at a Gamma(s, beta) rate. In
/// <see cref="Parameters"/> A holds s and B holds beta.
/// </summary>
public sealed class ParetoModel : IPurchaseModel
{
    private const double SingularityStep = 1e-6;

    private ParetoModel(DropoutParameters parameters, double logLikelihood)
    {
        Parameters = parameters;
        LogLikelihood = logLikelihood;
    }

    public string Name => "pareto_nbd";

    public DropoutParameters Parameters { get; }

    public double LogLikelihood { get; }

    /// <summary>Maximum likelihood estimates.</summary>
    /// <exception cref="ArgumentException">No customer bought again: dropout and rate cannot be told apart.</exception>
    public static ParetoModel Fit(IReadOnlyCollection<PurchaseHistory> histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        if (!histories.Any(history => history.Repeats > 0))
        {
            throw new ArgumentException($"none of {histories.Count} customers bought again: give a longer calibration period");
        }

        var groups = histories.GroupBy(history => history).Select(group => (group.Key, Count: group.Count())).ToArray();
        double Cost(double[] logs)
        {
            var parameters = Exponentials(logs);
            return -groups.Sum(group => group.Count * LogLikelihoodOf(group.Key, parameters));
        }

        var best = SimplexSearch.Minimise(Cost, [-0.5, 2, -0.5, 2.3]);
        return new ParetoModel(Exponentials(best.Point), -best.Value);
    }

    public double ProbabilityAlive(PurchaseHistory history)
    {
        var (survived, stopped) = LogParts(history, Parameters);
        return 1 / (1 + Math.Exp(stopped - survived));
    }

    public double ExpectedPurchases(PurchaseHistory history, double weeks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weeks);
        var (r, alpha, s, beta) = (Parameters.R, Parameters.Alpha, Parameters.A, Parameters.B);
        if (Math.Abs(s - 1) < SingularityStep) s = 1 + SingularityStep;
        var age = history.AgeWeeks;
        var rate = (r + history.Repeats) / (alpha + age);
        var remaining = (beta + age) / (s - 1) * (1 - Math.Pow((beta + age) / (beta + age + weeks), s - 1));
        return rate * remaining * ProbabilityAlive(history);
    }

    private static double LogLikelihoodOf(PurchaseHistory history, DropoutParameters p)
    {
        var (survived, stopped) = LogParts(history, p);
        var larger = Math.Max(survived, stopped);
        return SpecialFunctions.GammaLn(p.R + history.Repeats) - SpecialFunctions.GammaLn(p.R)
            + (p.R * Math.Log(p.Alpha)) + (p.A * Math.Log(p.B))
            + larger + Math.Log(Math.Exp(survived - larger) + Math.Exp(stopped - larger));
    }

    /// <summary>Logarithms of the two ways to the same history: still buying, or stopped after the last purchase.</summary>
    private static (double Survived, double Stopped) LogParts(PurchaseHistory history, DropoutParameters p)
    {
        var x = history.Repeats;
        var survived = -((p.R + x) * Math.Log(p.Alpha + history.AgeWeeks)) - (p.A * Math.Log(p.B + history.AgeWeeks));
        var power = p.R + p.A + x;
        var larger = Math.Max(p.Alpha, p.B);
        var second = p.Alpha >= p.B ? p.A + 1 : p.R + x;
        var gap = Math.Abs(p.Alpha - p.B);
        double LogTerm(double time) =>
            Math.Log(BetaGeometricModel.GaussHypergeometric(power, second, power + 1, gap / (larger + time))) - (
                power * Math.Log(larger + time));
        var (early, late) = (LogTerm(history.LastWeek), LogTerm(history.AgeWeeks));
        var difference = early + Math.Log(Math.Max(1 - Math.Exp(late - early), 1e-300));
        return (survived, Math.Log(p.A / power) + difference);
    }

    private static DropoutParameters Exponentials(double[] logs) =>
        new(Math.Exp(logs[0]), Math.Exp(logs[1]), Math.Exp(logs[2]), Math.Exp(logs[3]));
}
