using MathNet.Numerics.LinearAlgebra;

namespace RealtimeInsight.Insights.Lifetime;

/// <summary>
/// A few axes along which customers differ most by what they buy (a truncated singular value decomposition of customers by products,
/// rare products weighing more). It knows purchases only, no outcomes. The same baskets and seed give the same axes.
/// </summary>
internal sealed class ProductSpace
{
    /// <summary>Axes carried along while the subspace is searched, beyond those that are kept: they make it converge sooner.</summary>
    private const int SpareAxes = 8;

    private const int Rounds = 6;

    private readonly Dictionary<int, double[]> _axes;

    private ProductSpace(Dictionary<int, double[]> axes, int width)
    {
        _axes = axes;
        Width = width;
    }

    /// <summary>Numbers that describe a customer: what was asked for, or fewer where there are fewer customers or products.</summary>
    public int Width { get; }

    /// <summary>What a customer bought so far, as a vector of length one: products, and the logarithm of how many lines of each.</summary>
    public static (int Product, double Weight)[] Basket(IEnumerable<int> products)
    {
        ArgumentNullException.ThrowIfNull(products);
        var counts = products.GroupBy(product => product).Select(group => (group.Key, Weight: Math.Log(1 + group.Count()))).ToList();
        var length = Math.Sqrt(counts.Sum(entry => entry.Weight * entry.Weight));
        return [.. counts.Select(entry => (entry.Key, entry.Weight / length))];
    }

    /// <param name="baskets">Of one customer each, by <see cref="Basket"/>.</param>
    /// <param name="axes">Most axes.</param>
    public static ProductSpace Learn(IReadOnlyList<(int Product, double Weight)[]> baskets, int axes, int seed)
    {
        ArgumentNullException.ThrowIfNull(baskets);
        ArgumentOutOfRangeException.ThrowIfLessThan(axes, 1);
        var buyers = baskets.SelectMany(basket => basket).GroupBy(entry => entry.Product).OrderBy(group => group.Key).ToList();
        var columns = buyers.Select((group, column) => (group.Key, column)).ToDictionary();
        double[] rarity = [.. buyers.Select(group => Math.Max(0, Math.Log(baskets.Count / (1.0 + group.Count()))))];
        var rows = baskets.Select(basket => basket
            .Select(entry => (Column: columns[entry.Product], Value: entry.Weight * rarity[columns[entry.Product]])).ToArray()).ToList();
        var width = Math.Min(axes, Math.Min(rows.Count, rarity.Length));
        if (width == 0) return new ProductSpace([], 0);

        var carried = Math.Min(width + SpareAxes, Math.Min(rows.Count, rarity.Length));
        var random = new Random(seed);
        var space = Matrix<double>.Build.Dense(rarity.Length, carried, (_, _) => (2 * random.NextDouble()) - 1);
        for (var round = 0; round < Rounds; round++) space = Orthonormal(Back(rows, Orthonormal(Along(rows, space)), rarity.Length));

        // Within the subspace: the directions of largest spread first.
        var placed = Along(rows, space);
        var spread = placed.TransposeThisAndMultiply(placed).Evd(Symmetricity.Symmetric);
        var turned = space * spread.EigenVectors;
        return new ProductSpace(
            columns.ToDictionary(
                pair => pair.Key,
                pair => Enumerable.Range(0, width).Select(k => rarity[pair.Value] * turned[pair.Value, carried - 1 - k]).ToArray()),
            width);
    }

    /// <summary>Where a basket lies; products that were not learned from count nothing.</summary>
    public double[] Place((int Product, double Weight)[] basket)
    {
        ArgumentNullException.ThrowIfNull(basket);
        var place = new double[Width];
        foreach (var (product, weight) in basket)
        {
            if (!_axes.TryGetValue(product, out var axes)) continue;
            for (var k = 0; k < place.Length; k++) place[k] += weight * axes[k];
        }

        return place;
    }

    private static Matrix<double> Orthonormal(Matrix<double> columns) =>
        columns.QR(MathNet.Numerics.LinearAlgebra.Factorization.QRMethod.Thin).Q;

    private static Matrix<double> Along(List<(int Column, double Value)[]> rows, Matrix<double> space)
    {
        var result = Matrix<double>.Build.Dense(rows.Count, space.ColumnCount);
        for (var i = 0; i < rows.Count; i++)
        {
            for (var k = 0; k < space.ColumnCount; k++)
            {
                double sum = 0;
                foreach (var (column, value) in rows[i]) sum += value * space[column, k];
                result[i, k] = sum;
            }
        }

        return result;
    }

    private static Matrix<double> Back(List<(int Column, double Value)[]> rows, Matrix<double> placed, int products)
    {
        var result = Matrix<double>.Build.Dense(products, placed.ColumnCount);
        for (var i = 0; i < rows.Count; i++)
        {
            for (var k = 0; k < placed.ColumnCount; k++)
            {
                foreach (var (column, value) in rows[i]) result[column, k] += value * placed[i, k];
            }
        }

        return result;
    }
}
