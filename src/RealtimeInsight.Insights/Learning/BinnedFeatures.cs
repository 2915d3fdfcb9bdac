namespace RealtimeInsight.Insights.Learning;

/// <summary>Features cut into bins of about equal numbers of cases; bin 0 holds missing values.</summary>
internal sealed class BinnedFeatures
{
    /// <summary>Cases that are looked at to place the cuts.</summary>
    private const int SampleMax = 50_000;

    private readonly double[][] _edges;

    private BinnedFeatures(double[][] edges, byte[][] columns)
    {
        _edges = edges;
        Columns = columns;
    }

    /// <summary>Bin of each case, by feature.</summary>
    public byte[][] Columns { get; }

    /// <summary>Bins of a feature, the one for missing values included.</summary>
    public int BinsOf(int feature) => _edges[feature].Length + 2;

    /// <summary>Largest value that falls into the bin; negative infinity for missing values.</summary>
    public double UpperEdge(int feature, int bin) => bin == 0 ? double.NegativeInfinity : _edges[feature][bin - 1];

    public static BinnedFeatures Of(IReadOnlyList<double[]> rows, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bins, 254);
        var width = rows[0].Length;
        var edges = new double[width][];
        var columns = new byte[width][];
        var step = Math.Max(1, rows.Count / SampleMax);
        for (var feature = 0; feature < width; feature++)
        {
            var values = new List<double>();
            for (var i = 0; i < rows.Count; i += step)
            {
                if (!double.IsNaN(rows[i][feature])) values.Add(rows[i][feature]);
            }

            values.Sort();
            edges[feature] = Edges(values, bins);
            columns[feature] = new byte[rows.Count];
            for (var i = 0; i < rows.Count; i++) columns[feature][i] = Bin(edges[feature], rows[i][feature]);
        }

        return new BinnedFeatures(edges, columns);
    }

    private static double[] Edges(List<double> sorted, int bins)
    {
        var edges = new List<double>();
        for (var bin = 1; bin < bins && sorted.Count > 0; bin++)
        {
            var value = sorted[(int)((long)sorted.Count * bin / bins)];
            var isLast = value.Equals(sorted[^1]);
            if (!isLast && (edges.Count == 0 || value > edges[^1])) edges.Add(value);
        }

        // A value that most cases share fills every quantile: its own edge still tells it from the rest.
        if (edges.Count == 0 && sorted.Count > 0 && sorted[0] < sorted[^1]) edges.Add(sorted.FindLast(value => value < sorted[^1]));
        return [.. edges];
    }

    private static byte Bin(double[] edges, double value)
    {
        if (double.IsNaN(value)) return 0;
        var found = Array.BinarySearch(edges, value);
        return (byte)(1 + (found >= 0 ? found : ~found));
    }
}
