using RealtimeInsight.Domain.Binary;

namespace RealtimeInsight.Insights.Learning;

/// <summary>One tree of a boosted ensemble: nodes in arrays, leaves have no left child.</summary>
internal sealed class RegressionTree
{
    private const int NodesMax = 1 << 16;

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

    public void Write(ByteWriter writer)
    {
        writer.Unsigned((ulong)_nodes.Count);
        foreach (var node in _nodes)
        {
            writer.Signed(node.Left < 0 ? -1 : node.Feature);
            if (node.Left < 0)
            {
                writer.Double(node.Value);
                continue;
            }

            writer.Double(node.Threshold);
            writer.Unsigned((ulong)node.Left);
            writer.Unsigned((ulong)node.Right);
        }
    }

    /// <param name="features">Width of the rows that it is to predict from.</param>
    /// <exception cref="FormatException">It is no tree over such rows.</exception>
    public static RegressionTree Read(ref ByteReader reader, int features)
    {
        var tree = new RegressionTree();
        tree._nodes.Clear();
        var count = reader.Count(NodesMax);
        for (var i = 0; i < count; i++)
        {
            var feature = reader.Int32();
            if (feature < 0)
            {
                tree._nodes.Add(new Node(-1, 0, -1, -1, reader.Double()));
                continue;
            }

            var (threshold, left, right) = (reader.Double(), (int)reader.Unsigned32(), (int)reader.Unsigned32());

            // Children lie behind their parent, so that every walk ends.
            var isSound = feature < features && left > i && right > i && left < count && right < count;
            if (!isSound) throw reader.Malformed($"node {i} of {count} asks for feature {feature} and goes to {left} or {right}");
            tree._nodes.Add(new Node(feature, threshold, left, right, 0));
        }

        return count > 0 ? tree : throw reader.Malformed("a tree has no node");
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
