namespace RealtimeInsight.Insights.Learning;

/// <summary>Grows one tree leaf by leaf: the split that gains most comes first. Histograms of a sibling are found by subtraction.</summary>
internal sealed class TreeGrower(BinnedFeatures features, BoostingSettings settings)
{
    private const double GainMin = 1e-9;

    private readonly int _stride = 3 * 256;

    private sealed record Leaf(int Node, int[] Rows, double Gradient, double Curvature, double[] Histogram)
    {
        public double Gain { get; set; }

        public int Feature { get; set; } = -1;

        public int Bin { get; set; }
    }

    /// <param name="rows">The cases that the tree sees.</param>
    /// <param name="used">The features that it may split on.</param>
    public RegressionTree Grow(int[] rows, int[] used, double[] gradients, double[] curvatures)
    {
        var tree = new RegressionTree();
        var root = LeafOf(0, rows, Histogram(rows, used, gradients, curvatures), gradients, curvatures);
        FindSplit(root, used);
        var leaves = new List<Leaf> { root };
        while (leaves.Count < settings.LeavesMax)
        {
            var best = leaves.MaxBy(leaf => leaf.Gain)!;
            if (best.Feature < 0) break;
            leaves.Remove(best);
            leaves.AddRange(SplitLeaf(tree, best, used, gradients, curvatures));
        }

        foreach (var leaf in leaves)
        {
            tree.SetValue(leaf.Node, -settings.LearningRate * leaf.Gradient / (leaf.Curvature + settings.Ridge));
        }

        return tree;
    }

    private Leaf[] SplitLeaf(RegressionTree tree, Leaf leaf, int[] used, double[] gradients, double[] curvatures)
    {
        var column = features.Columns[leaf.Feature];
        int[] left = [.. leaf.Rows.Where(row => column[row] <= leaf.Bin)];
        int[] right = [.. leaf.Rows.Where(row => column[row] > leaf.Bin)];
        var (leftNode, rightNode) = tree.Split(leaf.Node, leaf.Feature, features.UpperEdge(leaf.Feature, leaf.Bin));
        var isLeftSmaller = left.Length <= right.Length;
        var small = Histogram(isLeftSmaller ? left : right, used, gradients, curvatures);
        var large = leaf.Histogram;
        for (var i = 0; i < large.Length; i++) large[i] -= small[i];
        Leaf[] children =
        [
            LeafOf(leftNode, left, isLeftSmaller ? small : large, gradients, curvatures),
            LeafOf(rightNode, right, isLeftSmaller ? large : small, gradients, curvatures),
        ];
        foreach (var child in children) FindSplit(child, used);
        return children;
    }

    private static Leaf LeafOf(int node, int[] rows, double[] histogram, double[] gradients, double[] curvatures)
    {
        double gradient = 0, curvature = 0;
        foreach (var row in rows)
        {
            gradient += gradients[row];
            curvature += curvatures[row];
        }

        return new Leaf(node, rows, gradient, curvature, histogram);
    }

    private double[] Histogram(int[] rows, int[] used, double[] gradients, double[] curvatures)
    {
        var histogram = new double[used.Length * _stride];
        for (var k = 0; k < used.Length; k++)
        {
            var column = features.Columns[used[k]];
            var bins = histogram.AsSpan(k * _stride, _stride);
            foreach (var row in rows)
            {
                var at = 3 * column[row];
                bins[at] += gradients[row];
                bins[at + 1] += curvatures[row];
                bins[at + 2]++;
            }
        }

        return histogram;
    }

    private void FindSplit(Leaf leaf, int[] used)
    {
        if (leaf.Rows.Length < 2 * settings.LeafCasesMin) return;
        var whole = leaf.Gradient * leaf.Gradient / (leaf.Curvature + settings.Ridge);
        for (var k = 0; k < used.Length; k++)
        {
            double gradient = 0, curvature = 0, count = 0;
            var bins = features.BinsOf(used[k]);
            for (var bin = 0; bin < bins - 1; bin++)
            {
                var at = (k * _stride) + (3 * bin);
                gradient += leaf.Histogram[at];
                curvature += leaf.Histogram[at + 1];
                count += leaf.Histogram[at + 2];
                if (count < settings.LeafCasesMin) continue;
                if (leaf.Rows.Length - count < settings.LeafCasesMin) break;
                var (restGradient, restCurvature) = (leaf.Gradient - gradient, leaf.Curvature - curvature);
                var gain = (gradient * gradient / (curvature + settings.Ridge))
                    + (restGradient * restGradient / (restCurvature + settings.Ridge)) - whole;
                if (gain <= Math.Max(leaf.Gain, GainMin)) continue;
                leaf.Gain = gain;
                leaf.Feature = used[k];
                leaf.Bin = bin;
            }
        }
    }
}
