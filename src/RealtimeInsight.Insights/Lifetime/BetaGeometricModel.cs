using MathNet.Numerics;

namespace RealtimeInsight.Insights.Lifetime;

/// <summary>
/// BG/NBD (Fader, Hardie and Lee 2005): a customer may stop after each repeat purchase. MBG/NBD (Batislam, Denizel and
/// Filiztekin 2007) lets the first purchase be the last one too, so that a one-time buyer is not alive for certain.
/// </summary>
public sealed class BetaGeometricModel : IPurchaseModel
{
    /// <summary>At a = 1 the formula for expected purchases divides by zero; its limit is taken a hair beside it.</summary>
    private const double SingularityStep = 1e-6;

    /// <summary>Far more than sensible parameters need; bounds the time that the search spends at silly ones.</summary>
    private const int SeriesTermsMax = 2000;

    /// <summary>1 where the first purchase may be the last one.</summary>
    private readonly int _first;

    private BetaGeometricModel(bool isModified, DropoutParameters parameters, double logLikelihood)
    {
        _first = isModified ? 1 : 0;
        Parameters = parameters;
        LogLikelihood = logLikelihood;
    }

    public string Name => _first == 1 ? "mbg_nbd" : "bg_nbd";

    public DropoutParameters Parameters { get; }

    public double LogLikelihood { get; }

    /// <summary>Maximum likelihood estimates.</summary>
    /// <exception cref="ArgumentException">No customer bought again: dropout and rate cannot be told apart.</exception>
    public static BetaGeometricModel Fit(IReadOnlyCollection<PurchaseHistory> histories, bool isModified)
    {
        ArgumentNullException.ThrowIfNull(histories);
        if (!histories.Any(history => history.Repeats > 0))
        {
            throw new ArgumentException($"none of {histories.Count} customers bought again: give a longer calibration period");
        }

        var groups = histories.GroupBy(history => history).Select(group => (group.Key, Count: group.Count())).ToArray();
        var probe = new BetaGeometricModel(isModified, default, 0);
        double Cost(double[] logs)
        {
            var parameters = Exponentials(logs);
            return -groups.Sum(group => group.Count * probe.LogLikelihoodOf(group.Key, parameters));
        }

        var best = SimplexSearch.Minimise(Cost, [0, 1, 0, 1]);
        return new BetaGeometricModel(isModified, Exponentials(best.Point), -best.Value);
    }

    public double ProbabilityAlive(PurchaseHistory history)
    {
        if (history.Repeats == 0 && _first == 0) return 1;
        return 1 / (1 + GoneOdds(history));
    }

    public double ExpectedPurchases(PurchaseHistory history, double weeks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weeks);
        var (r, alpha, a, b) = (Parameters.R, Parameters.Alpha, Parameters.A, Parameters.B);
        if (Math.Abs(a - 1) < SingularityStep) a = 1 + SingularityStep;
        var x = history.Repeats;
        var rate = r + x;
        var chances = b + x + _first;
        var beyond = alpha + history.AgeWeeks;
        var hypergeometric = GaussHypergeometric(rate, chances, a + chances - 1, weeks / (beyond + weeks));
        var ifAlive = (a + chances - 1) / (a - 1) * (1 - (Math.Pow(beyond / (beyond + weeks), rate) * hypergeometric));
        return ifAlive * ProbabilityAlive(history);
    }

    /// <summary>Probability of no purchase in the next <paramref name="weeks"/> weeks: stopped already, or simply not buying.</summary>
    public double ProbabilityOfNoPurchase(PurchaseHistory history, double weeks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weeks);
        var beyond = Parameters.Alpha + history.AgeWeeks;
        var silent = Math.Pow(beyond / (beyond + weeks), Parameters.R + history.Repeats);
        return 1 - (ProbabilityAlive(history) * (1 - silent));
    }

    private double LogLikelihoodOf(PurchaseHistory history, DropoutParameters p)
    {
        var x = history.Repeats;
        var start = SpecialFunctions.GammaLn(p.R + x) - SpecialFunctions.GammaLn(p.R) + (p.R * Math.Log(p.Alpha));
        var survived = LogBeta(p.A, p.B + x + _first) - LogBeta(p.A, p.B) - ((p.R + x) * Math.Log(p.Alpha + history.AgeWeeks));
        if (x + _first == 0) return start + survived;
        var stopped = LogBeta(p.A + 1, p.B + x + _first - 1) - LogBeta(p.A, p.B) - ((p.R + x) * Math.Log(p.Alpha + history.LastWeek));
        var larger = Math.Max(survived, stopped);
        return start + larger + Math.Log(Math.Exp(survived - larger) + Math.Exp(stopped - larger));
    }

    private double GoneOdds(PurchaseHistory history)
    {
        var p = Parameters;
        return p.A / (p.B + history.Repeats + _first - 1)
            * Math.Pow((p.Alpha + history.AgeWeeks) / (p.Alpha + history.LastWeek), p.R + history.Repeats);
    }

    private static DropoutParameters Exponentials(double[] logs) =>
        new(Math.Exp(logs[0]), Math.Exp(logs[1]), Math.Exp(logs[2]), Math.Exp(logs[3]));

    private static double LogBeta(double a, double b) =>
        SpecialFunctions.GammaLn(a) + SpecialFunctions.GammaLn(b) - SpecialFunctions.GammaLn(a + b);

    /// <summary>2F1 by its series; <paramref name="z"/> is in [0, 1).</summary>
    internal static double GaussHypergeometric(double a, double b, double c, double z)
    {
        double term = 1, sum = 1;
        for (var j = 1; Math.Abs(term) > 1e-13 * Math.Abs(sum) && j < SeriesTermsMax; j++)
        {
            term *= (a + j - 1) * (b + j - 1) / ((c + j - 1) * j) * z;
            sum += term;
        }

        return sum;
    }
}
