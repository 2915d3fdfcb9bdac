using RealtimeInsight.Insights.Privacy;

namespace RealtimeInsight.Insights.Tests.Privacy;

public sealed class GaussianAccountantTests
{
    /// <summary>The values that the tests of Google's dp_accounting give for q = 0.01, noise 2.5 and 50 rounds.</summary>
    [Theory]
    [InlineData(5, 2.18075656e-03)]
    [InlineData(50, 2.38460375e-02)]
    [InlineData(100, 1.67416308e+02)]
    public void Divergence_OfTheSampledGaussian_IsThePublishedOne(int order, double published)
    {
        Assert.Equal(1, 50 * GaussianAccountant.Divergence(share: 0.01, noise: 2.5, order) / published, tolerance: 1e-6);
    }

    [Fact]
    public void Epsilon_OfOneGaussian_IsThePublishedOne()
    {
        // 4.530877117 is the noise of exactly (1, 1e-6) in the same tests, over orders that need not be whole.
        Assert.Equal(1, GaussianAccountant.Epsilon(share: 1, noise: 4.530877117, rounds: 1, delta: 1e-6), tolerance: 1e-3);
    }

    [Fact]
    public void Convert_OfAConstantDivergence_IsThePublishedOne()
    {
        Assert.Equal(1.32783806176, Enumerable.Range(2, 31).Min(order => GaussianAccountant.Convert(1.1, order, 1e-5)), tolerance: 1e-9);
    }

    /// <summary>The much quoted example: 60,000 images in batches of 256, noise 1.12, 60 passes: 2.92 by the older conversion.</summary>
    [Fact]
    public void Divergence_OfTheMuchQuotedExample_GivesItsEpsilon()
    {
        const int Steps = 60 * 60_000 / 256;
        var older = Enumerable.Range(2, 60)
            .Min(order => (Steps * GaussianAccountant.Divergence(256 / 60_000.0, 1.12, order)) + (Math.Log(1e5) / (order - 1)));

        Assert.Equal(2.92, older, tolerance: 0.01);
        Assert.InRange(GaussianAccountant.Epsilon(256 / 60_000.0, 1.12, Steps, 1e-5), 2.4, older);
    }

    [Fact]
    public void Epsilon_WithoutNoise_IsInfinite()
    {
        Assert.Equal(double.PositiveInfinity, GaussianAccountant.Epsilon(share: 0.5, noise: 0, rounds: 1, delta: 1e-5));
        Assert.Equal(0, GaussianAccountant.Epsilon(share: 0.5, noise: 1, rounds: 0, delta: 1e-5));
    }

    [Theory]
    [InlineData(0.6, 1, 0.01)]
    [InlineData(1.0, 30, 0.2)]
    [InlineData(3.0, 200, 0.9)]
    [InlineData(8.0, 1000, 0.5)]
    public void Epsilon_LessNoiseMoreRoundsLargerSamples_CostMore(double noise, int rounds, double share)
    {
        var found = GaussianAccountant.Epsilon(share, noise, rounds, 1e-5);

        Assert.InRange(GaussianAccountant.Epsilon(share, noise * 1.1, rounds, 1e-5), 0, found);
        Assert.InRange(GaussianAccountant.Epsilon(share, noise, rounds * 2, 1e-5), found, double.MaxValue);
        Assert.InRange(GaussianAccountant.Epsilon(Math.Min(1, share * 1.1), noise, rounds, 1e-5), found, double.MaxValue);
    }
}
