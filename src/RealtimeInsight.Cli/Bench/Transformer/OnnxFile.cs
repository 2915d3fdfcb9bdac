using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace RealtimeInsight.Cli.Bench.Transformer;

/// <summary>
/// Writes an ONNX model (IR 8, opset 17): as much of its protocol buffers as a graph of float tensors needs, see onnx.proto.
/// </summary>
internal sealed class OnnxFile
{
    private const int Float = 1;
    private const int Int64 = 7;
    private const int AttributeInt = 2;
    private const int AttributeInts = 7;

    private readonly List<byte[]> _nodes = [];
    private readonly List<byte[]> _initializers = [];
    private readonly List<byte[]> _values = [];
    private int _made;

    /// <summary>Numbers in all float weights.</summary>
    public int Parameters { get; private set; }

    /// <summary>Adds an input of the graph; a dimension of -1 is left open.</summary>
    public string Input(string name, params int[] shape)
    {
        _values.Add(Value(11, name, shape));
        return name;
    }

    public void Output(string name, params int[] shape) => _values.Add(Value(12, name, shape));

    public string Weights(float[] values, params int[] shape)
    {
        var bytes = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        Parameters += values.Length;
        return Initializer(Float, shape, Message(9, bytes));
    }

    public string Whole(params long[] values)
    {
        var bytes = new byte[values.Length * sizeof(long)];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), values[i]);
        return Initializer(Int64, [values.Length], Message(9, bytes));
    }

    /// <summary>Adds a node with one output and returns its name.</summary>
    public string Node(string operation, params string[] inputs) => Nodes(operation, 1, inputs)[0];

    public string Node(string operation, (string Name, long[] Values) attribute, params string[] inputs) =>
        Nodes(operation, 1, inputs, Ints(attribute.Name, attribute.Values))[0];

    public string Node(string operation, (string Name, long Value) attribute, params string[] inputs) =>
        Nodes(operation, 1, inputs, Int(attribute.Name, attribute.Value))[0];

    /// <summary>Splits along an axis into as many parts as <paramref name="sizes"/> has numbers.</summary>
    public string[] Split(string input, long axis, int parts, string sizes) => Nodes("Split", parts, [input, sizes], Int("axis", axis));

    /// <summary>Gives a value the name of an output.</summary>
    public void Name(string value, string output) =>
        _nodes.Add(Message(1, Text(1, value), Text(2, output), Text(4, "Identity")));

    public byte[] ToArray() =>
    [
        .. Number(1, 8), .. Message(8, Text(1, ""), Number(2, 17)),
        .. Message(7, [.. _nodes, Text(2, "comparison"), .. _initializers, .. _values]),
    ];

    private string[] Nodes(string operation, int outputs, string[] inputs, byte[]? attribute = null)
    {
        var names = Enumerable.Range(0, outputs).Select(_ => $"v{_made++}").ToArray();
        byte[][] from = [.. inputs.Select(static input => Text(1, input))];
        byte[][] to = [.. names.Select(static name => Text(2, name))];
        _nodes.Add(Message(1, [.. from, .. to, Text(4, operation), attribute ?? []]));
        return names;
    }

    private string Initializer(int type, int[] shape, byte[] data)
    {
        var name = $"w{_made++}";
        _initializers.Add(Message(5, [.. shape.Select(static size => Number(1, size)), Number(2, type), Text(8, name), data]));
        return name;
    }

    private static byte[] Int(string name, long value) =>
        Message(5, Text(1, name), Number(3, value), Number(20, AttributeInt));

    private static byte[] Ints(string name, long[] values) =>
        Message(5, [Text(1, name), .. values.Select(static value => Number(8, value)), Number(20, AttributeInts)]);

    private static byte[] Value(int field, string name, int[] shape) => Message(
        field,
        Text(1, name),
        Message(2, Message(1, Number(1, Float), Message(2, [.. shape.Select(static (size, i) =>
            Message(1, size < 0 ? Text(2, $"open{i}") : Number(1, size)))]))));

    private static byte[] Message(int field, params byte[][] parts)
    {
        var length = parts.Sum(static part => part.Length);
        var output = new List<byte>(length + 12);
        Varint(output, (ulong)((field << 3) | 2));
        Varint(output, (ulong)length);
        foreach (var part in parts) output.AddRange(part);
        return [.. output];
    }

    private static byte[] Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Number(int field, long value)
    {
        var output = new List<byte>(12);
        Varint(output, (ulong)(field << 3));
        Varint(output, unchecked((ulong)value));
        return [.. output];
    }

    private static void Varint(List<byte> output, ulong value)
    {
        for (; value >= 128; value >>= 7) output.Add((byte)(value | 128));
        output.Add((byte)value);
    }
}
