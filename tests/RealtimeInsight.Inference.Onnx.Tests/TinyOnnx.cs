using System.Text;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>
/// Writes small ONNX graphs by hand, so that tests have graphs with chosen faults. In order, the graph hands the state on and takes
/// its heads from the state's first columns.
/// </summary>
internal sealed class TinyOnnx
{
    public const int Float = 1;
    public const int Int64 = 7;

    /// <summary>Stands for a dimension left open.</summary>
    public const int Open = -1;

    public bool IsFold { get; init; }

    public int StateWidth { get; init; } = ModelContract.StateWidth;

    public int IdType { get; init; } = Int64;

    public int Batch { get; init; } = Open;

    public string PurchaseName { get; init; } = "purchase";

    /// <summary>Operator between the state's column and the churn head: <c>Log</c> gives NaN for what is below zero.</summary>
    public string ChurnOperator { get; init; } = "Identity";

    public byte[] Write()
    {
        var time = IsFold ? Open : 1;
        var graph = new List<byte[]>
        {
            Node("Identity", ["state_in"], "state_out"),
            Column("column_0", 0, 1),
            Node(ChurnOperator, ["column_0"], "churn"),
            Column("abandonment", 1, 2),
            Column(PurchaseName, 2, 3),
            Column("item_query", 0, ModelContract.ItemQueryWidth),
            Text(2, "tiny"),
            Constant("axis", 1),
            Value(11, "tokens", Float, [Batch, time, ModelContract.TokenFeatures]),
            Value(11, "ids", IdType, [Batch, time, ModelContract.TokenIds]),
            Value(11, "profile", Float, [Batch, ModelContract.ProfileFeatures]),
            Value(11, "state_in", Float, [Batch, StateWidth]),
            Value(12, "state_out", Float, [Batch, StateWidth]),
            Value(12, "churn", Float, [Batch, 1]),
            Value(12, "abandonment", Float, [Batch, 1]),
            Value(12, PurchaseName, Float, [Batch, 1]),
            Value(12, "item_query", Float, [Batch, ModelContract.ItemQueryWidth]),
        };
        graph.AddRange(new[] { 0, 1, 2, 3, ModelContract.ItemQueryWidth }.Select(value => Constant($"at_{value}", value)));
        if (IsFold)
        {
            graph.Add(Value(11, "length", Int64, [Batch]));
        }

        return [.. Number(1, 8), .. Message(8, Text(1, ""), Number(2, 17)), .. Message(7, [.. graph])];
    }

    private static byte[] Column(string output, int from, int to) =>
        Node("Slice", ["state_in", $"at_{from}", $"at_{to}", "axis"], output);

    private static byte[] Node(string operation, string[] inputs, string output) =>
        Message(1, [.. inputs.Select(input => Text(1, input)), Text(2, output), Text(4, operation)]);

    /// <summary>A one-element int64 initializer.</summary>
    private static byte[] Constant(string name, int value) =>
        Message(5, Number(1, 1), Number(2, Int64), Number(7, value), Text(8, name));

    private static byte[] Value(int field, string name, int type, int[] shape) => Message(
        field,
        Text(1, name),
        Message(2, Message(1, Number(1, type), Message(2, [.. shape.Select(size =>
            Message(1, size == Open ? Text(2, $"open_{name}") : Number(1, size)))]))));

    private static byte[] Message(int field, params byte[][] parts)
    {
        var body = parts.SelectMany(part => part).ToArray();
        return [.. Varint((field << 3) | 2), .. Varint(body.Length), .. body];
    }

    private static byte[] Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Number(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (var rest = (uint)value; ; rest >>= 7)
        {
            if (rest < 128)
            {
                bytes.Add((byte)rest);
                return [.. bytes];
            }

            bytes.Add((byte)(rest | 128));
        }
    }
}
