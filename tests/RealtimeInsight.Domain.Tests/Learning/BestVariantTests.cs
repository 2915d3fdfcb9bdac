using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Domain.Learning;

namespace RealtimeInsight.Domain.Tests.Learning;

public sealed class BestVariantTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 1, 1, 1)]
    [InlineData(3, 7, 5, 5)]
    [InlineData(40, 960, 55, 945)]
    [InlineData(1, 500, 3, 2)]
    [InlineData(2000, 98000, 2100, 97900)]
    public void Probabilities_OfTwoRates_AreThoseOfTheClosedForm(int alpha, int beta, int otherAlpha, int otherBeta)
    {
        var found = Of(new BetaPosterior(alpha, beta), new BetaPosterior(otherAlpha, otherBeta));

        Assert.Equal(SecondIsHigher(alpha, beta, otherAlpha, otherBeta), found[1], tolerance: 0.002);
    }

    [Fact]
    public void Probabilities_OfFiveRates_AreThoseOfDraws()
    {
        BetaPosterior[] rates = [new(1, 1), new(3.5, 60), new(30, 400.25), new(12, 8), new(1.2, 1.9)];
        var (random, wins) = (new Random(7), new double[rates.Length]);
        const int Draws = 200_000;
        for (var i = 0; i < Draws; i++)
        {
            var drawn = Array.ConvertAll(rates, rate => Beta(random, rate));
            wins[Array.IndexOf(drawn, drawn.Max())]++;
        }

        var found = Of(rates);

        // Four standard errors of the draws.
        Assert.All(found.Zip(wins), static pair => Assert.Equal(pair.Second / Draws, pair.First, tolerance: 0.0045));
    }

    [Fact]
    public void Probabilities_AddUpToOne_AreAboveZeroOrTiny_AndGrowWithTheRate() => Prop.ForAll(Rates(), rates =>
    {
        var found = Of(rates);
        var richer = rates.ToArray();
        richer[0] = richer[0] with { Alpha = richer[0].Alpha + 1 };
        return Math.Abs(found.Sum() - 1) < 1e-9 && found.All(static one => one is >= 0 and <= 1) && Of(richer)[0] >= found[0] - 1e-6;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Probabilities_OfTheSameRates_AreEqual_InAnyOrder() => Prop.ForAll(Rates(), rates =>
    {
        var (forward, back) = (Of(rates), Of([.. rates.Reverse()]));
        Array.Reverse(back);
        var same = Of(rates[0], rates[0], rates[0]);
        return forward.Zip(back).All(static pair => Math.Abs(pair.First - pair.Second) < 1e-9)
            && same.All(static one => Math.Abs(one - (1 / 3.0)) < 1e-9);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Probabilities_OfOneRate_AreCertain() => Assert.Equal([1.0], Of(new BetaPosterior(2, 9)));

    private static double[] Of(params BetaPosterior[] rates)
    {
        var found = new double[rates.Length];
        BestVariant.Probabilities(rates, found);
        return found;
    }

    private static Arbitrary<BetaPosterior[]> Rates() => (
        from alpha in Gen.Choose(0, 30_000)
        from beta in Gen.Choose(0, 300_000)
        select new BetaPosterior(1 + (alpha / 10.0), 1 + (beta / 10.0))).NonEmptyListOf()
        .Select(list => list.Take(8).Append(BetaPosterior.Unknown).Take(8).ToArray()).ToArbitrary();

    /// <summary>P(second > first), a sum over the second's whole successes.</summary>
    private static double SecondIsHigher(int alpha, int beta, int otherAlpha, int otherBeta)
    {
        var sum = 0.0;
        for (var i = 0; i < otherAlpha; i++)
        {
            sum += Math.Exp(LogBeta(alpha + i, beta + otherBeta) - Math.Log(otherBeta + i) - LogBeta(1 + i, otherBeta)
                - LogBeta(alpha, beta));
        }

        return sum;
    }

    private static double LogBeta(double a, double b) => LogGamma(a) + LogGamma(b) - LogGamma(a + b);

    private static double LogGamma(double value)
    {
        // Stirling's series after shifting the argument up.
        var shift = 0.0;
        for (; value < 12; value++) shift -= Math.Log(value);
        var inverse = 1 / (value * value);
        return shift + ((value - 0.5) * Math.Log(value)) - value + (0.5 * Math.Log(2 * Math.PI))
            + ((1 / 12.0 - (inverse * (1 / 360.0 - (inverse / 1260)))) / value);
    }

    private static double Beta(Random random, BetaPosterior rate)
    {
        var (first, second) = (Gamma(random, rate.Alpha), Gamma(random, rate.Beta));
        return first / (first + second);
    }

    /// <summary>Marsaglia and Tsang 2000, for shapes of 1 and more.</summary>
    private static double Gamma(Random random, double shape)
    {
        var (d, c) = (shape - (1 / 3.0), 1 / Math.Sqrt(9 * (shape - (1 / 3.0))));
        while (true)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var v = Math.Pow(1 + (c * normal), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * normal * normal) + d - (d * v) + (d * Math.Log(v))) return d * v;
        }
    }
}
