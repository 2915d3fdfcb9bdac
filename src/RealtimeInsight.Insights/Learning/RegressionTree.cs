namespace RealtimeInsight.Insights.Learning;

/// <summary>One tree of a boosted ensemble: nodes in arrays, leaves have no left child.</summary>
internal sealed class RegressionTree
{
    private readonly List<Node> _nodes = [new Node(-1, 0, -1, -1, 0)];

    /// <param name="Threshold">Values up to it, and missing ones, go left.</param>
    /// <param name="Left">Index of the left child; negative: this is a leaf.</param>
    private readonly record struct Node(int Feature, double Threshold, int Left, int Right, double Value);

    public void SetValue(int node, double value) => _nodes[node] = _nodes[node] with { Value = value };

    /// <summary>Turns a leaf into an inner node with two new leaves.</summary>
    public (int Left, int Right) Split(int node, int feature, double threshold)
    {
        var left = _nodes.Count;
        _nodes.Add(new Node(-1, 0, -1, -1, 0));
        _nodes.Add(new Node(-1, 0, -1, -1, 0));
        _nodes[node] = new Node(feature, threshold, left, left + 1, 0);
        return (left, left + 1);
    }

    public double Predict(ReadOnlySpan<double> row)
    {
        var nodes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_nodes);
        ref var node = ref nodes[0];
        while (node.Left >= 0)
        {
            // A missing value compares false and goes left.
            node = ref nodes[row[node.Feature] > node.Threshold ? node.Right : node.Left];
        }

        return node.Value;
    }
}
