using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Insights.Lifetime;

namespace RealtimeInsight.Insights.Tests.Lifetime;

public sealed class ProductSpaceTests
{
    private const int Axes = 3;

    [Fact]
    public void Basket_ProductsWithRepeats_HasLengthOne()
    {
        var basket = ProductSpace.Basket([7, 7, 9]);

        Assert.Equal([7, 9], basket.Select(entry => entry.Product));
        Assert.Equal(1, basket.Sum(entry => entry.Weight * entry.Weight), 12);
        Assert.Equal(Math.Log(3) / Math.Log(2), basket[0].Weight / basket[1].Weight, 12);
    }

    [Fact]
    public void Learn_TwoKindsOfCustomers_PlacesThemApart()
    {
        // Even customers take some of products 0 to 9, odd ones some of 100 to 109.
        var baskets = Enumerable.Range(0, 60)
            .Select(customer => ProductSpace.Basket(
                Enumerable.Range(0, 5).Select(i => (100 * (customer % 2)) + ((customer + (i * 3)) % 10))))
            .ToList();
        var space = ProductSpace.Learn(baskets, axes: 2, seed: 1);
        var places = baskets.ConvertAll(space.Place);

        var closest = Enumerable.Range(0, 60)
            .Select(i => Enumerable.Range(0, 60).Where(j => j != i).MaxBy(j => Cosine(places[i], places[j])))
            .ToList();
        Assert.All(Enumerable.Range(0, 60), i => Assert.Equal(i % 2, closest[i] % 2));
        Assert.All(Enumerable.Range(0, 59), i => Assert.InRange(Cosine(places[i], places[i + 1]), -0.1, 0.1));
    }

    [Fact]
    public void Learn_SameSeed_GivesTheSamePlaces()
    {
        var baskets = Some(40);

        Assert.Equal(
            ProductSpace.Learn(baskets, Axes, seed: 5).Place(baskets[3]),
            ProductSpace.Learn(baskets, Axes, seed: 5).Place(baskets[3]));
    }

    [Fact]
    public void Learn_AnotherSeed_FindsTheSameDistances()
    {
        var baskets = Some(40);
        var (one, other) = (ProductSpace.Learn(baskets, Axes, seed: 1), ProductSpace.Learn(baskets, Axes, seed: 2));

        for (var i = 1; i < baskets.Count; i++)
        {
            Assert.Equal(
                Dot(one.Place(baskets[0]), one.Place(baskets[i])), Dot(other.Place(baskets[0]), other.Place(baskets[i])), 4);
        }
    }

    [Fact]
    public void Place_ProductsThatWereNeverSeen_AreNowhere()
    {
        var space = ProductSpace.Learn(Some(40), Axes, seed: 1);

        Assert.Equal(new double[Axes], space.Place(ProductSpace.Basket([4_000, 4_001])));
    }

    [Fact]
    public void Learn_NoCustomers_HasNoAxes()
    {
        var space = ProductSpace.Learn([], Axes, seed: 1);

        Assert.Equal(0, space.Width);
        Assert.Empty(space.Place(ProductSpace.Basket([1])));
    }

    /// <summary>However few customers or products there are, and however alike: never more axes than either, every number finite.</summary>
    [Fact]
    public void Learn_AnyBaskets_GivesFiniteNumbers() => Prop.ForAll<NonEmptyArray<NonEmptyArray<byte>>>(static customers =>
    {
        var baskets = customers.Get.Select(products => ProductSpace.Basket(products.Get.Select(product => (int)product))).ToList();
        var products = customers.Get.SelectMany(of => of.Get).Distinct().Count();
        var space = ProductSpace.Learn(baskets, Axes, seed: 1);
        return space.Width == Math.Min(Axes, Math.Min(baskets.Count, products))
            && baskets.TrueForAll(basket => space.Place(basket) is var place && place.Length == space.Width && place.All(double.IsFinite));
    }).QuickCheckThrowOnFailure();

    private static List<(int Product, double Weight)[]> Some(int customers)
    {
        // Three kinds of products of different sizes, so that the axes are of different spread.
        var random = new Random(3);
        return [.. Enumerable.Range(0, customers).Select(i => ProductSpace.Basket(
            Enumerable.Range(0, 6 + (2 * (i % 3))).Select(_ => (50 * (i % 3)) + random.Next(4 + (3 * (i % 3))))))];
    }

    private static double Cosine(double[] a, double[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
