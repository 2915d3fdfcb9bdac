using MathNet.Numerics;
using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Lifetime;

/// <summary>Gamma-gamma model of spend a purchase (Fader and Hardie 2013): a customer's mean, drawn towards everybody's.</summary>
public sealed class SpendModel
{
    private const int CustomersMin = 3;

    private readonly double _p;
    private readonly double _q;
    private readonly double _gamma;

    private SpendModel(double p, double q, double gamma)
    {
        _p = p;
        _q = q;
        _gamma = gamma;
    }

    /// <exception cref="EvaluationException">Too few customers bought again.</exception>
    /// <param name="spends">Repeat purchases and their mean amount, of customers with at least one of positive amount.</param>
    public static SpendModel Fit(IReadOnlyCollection<(int Purchases, double Mean)> spends)
    {
        ArgumentNullException.ThrowIfNull(spends);
        var used = spends.Where(spend => spend.Purchases > 0 && spend.Mean > 0).ToList();
        if (used.Count < CustomersMin)
        {
            throw new EvaluationException(
                $"{used.Count} customers bought again for an amount above 0: at least {CustomersMin} are needed to learn what they spend");
        }

        double Cost(double[] logs)
        {
            var (p, q, gamma) = (Math.Exp(logs[0]), Math.Exp(logs[1]), Math.Exp(logs[2]));
            return -used.Sum(spend => LogLikelihood(spend.Purchases, spend.Mean, p, q, gamma));
        }

        var best = SimplexSearch.Minimise(Cost, [1, 1, Math.Log(used.Average(spend => spend.Mean))]);
        return new SpendModel(Math.Exp(best.Point[0]), Math.Exp(best.Point[1]), Math.Exp(best.Point[2]));
    }

    /// <summary>Expected amount of the customer's next purchase.</summary>
    public double Expected(int purchases, double mean) =>
        _p * (_gamma + (purchases * mean)) / ((_p * purchases) + Math.Max(_q, 1.01) - 1);

    private static double LogLikelihood(int x, double mean, double p, double q, double gamma) =>
        SpecialFunctions.GammaLn((p * x) + q) - SpecialFunctions.GammaLn(p * x) - SpecialFunctions.GammaLn(q)
        + (q * Math.Log(gamma)) + (((p * x) - 1) * Math.Log(mean)) + (p * x * Math.Log(x))
        - (((p * x) + q) * Math.Log(gamma + (x * mean)));
}
