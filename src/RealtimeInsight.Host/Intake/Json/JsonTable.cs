using System.Text.Json;

namespace RealtimeInsight.Host.Intake.Json;

/// <summary>
/// The values of one JSON document in a flat table over its bytes, made in one pass. Only text that somebody asks for becomes a string.
/// Reused from document to document; not thread-safe.
/// </summary>
internal sealed class JsonTable
{
    /// <summary>Index of the document's outermost value.</summary>
    public const int Root = 0;

    /// <summary>Most objects and arrays within one another, the outermost included.</summary>
    public const int DepthMax = 64;

    private const int NodesKeptMax = 64 * 1024;

    private JsonItem[] _nodes = new JsonItem[1_024];
    private byte[] _unescaped = new byte[256];
    private ReadOnlyMemory<byte> _json;
    private int _count;

    /// <summary>Reads a document. The table uses the memory of <paramref name="json"/> until the next call.</summary>
    /// <exception cref="JsonDepthException">The nesting is deeper than <see cref="DepthMax"/>.</exception>
    /// <exception cref="JsonException">The bytes are not one JSON value.</exception>
    public void Read(ReadOnlyMemory<byte> json)
    {
        if (_nodes.Length > NodesKeptMax) _nodes = new JsonItem[1_024];
        _json = json;
        _count = 0;
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = DepthMax + 1 });
        Span<int> open = stackalloc int[DepthMax + 1];
        var depth = 0;
        var name = default(JsonItem);
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name.NameStart = start + 1;
                    name.NameLength = reader.ValueSpan.Length;
                    name.IsNameEscaped = reader.ValueIsEscaped;
                    name.Name = reader.ValueIsEscaped ? EscapedName(reader.ValueSpan) : JsonNames.Find(reader.ValueSpan);
                    continue;
                case JsonTokenType.StartObject:
                case JsonTokenType.StartArray:
                    // One level before the reader gives up: its fault does not tell depth from syntax.
                    if (depth == DepthMax) throw new JsonDepthException();
                    open[depth++] = _count;
                    Add(ref name, reader.TokenType == JsonTokenType.StartObject ? JsonKind.Object : JsonKind.Array, start, 1, false);
                    continue;
                case JsonTokenType.EndObject:
                case JsonTokenType.EndArray:
                    ref var container = ref _nodes[open[--depth]];
                    container.Length = start + 1 - container.Start;
                    container.Next = _count;
                    continue;
                case JsonTokenType.String:
                    Add(ref name, JsonKind.String, start + 1, reader.ValueSpan.Length, reader.ValueIsEscaped);
                    continue;
                case JsonTokenType.Number:
                    Add(ref name, JsonKind.Number, start, reader.ValueSpan.Length, reader.ValueSpan.IndexOfAny((byte)'e', (byte)'E') >= 0);
                    continue;
                default:
                    Add(ref name, KindOf(reader.TokenType), start, reader.ValueSpan.Length, false);
                    continue;
            }
        }
    }

    /// <summary>Lets go of the document's memory.</summary>
    public void Clear()
    {
        _json = default;
        _count = 0;
    }

    public ref readonly JsonItem this[int index] => ref _nodes[index];

    public JsonKind KindOf(int index) => _nodes[index].Kind;

    /// <summary>Index of the first value in an object or array, or of what follows it where it is empty.</summary>
    public static int First(int container) => container + 1;

    /// <summary>Index behind the last value in an object or array.</summary>
    public int End(int container) => _nodes[container].Next;

    public int CountIn(int container)
    {
        var count = 0;
        for (int i = First(container), end = End(container); i < end; i = _nodes[i].Next) count++;
        return count;
    }

    /// <summary>The bytes of a value as they were sent, a string's with its quotes.</summary>
    public ReadOnlySpan<byte> Raw(int index)
    {
        ref readonly var node = ref _nodes[index];
        return node.Kind == JsonKind.String
            ? _json.Span.Slice(node.Start - 1, node.Length + 2)
            : _json.Span.Slice(node.Start, node.Length);
    }

    /// <summary>
    /// The text of a string in UTF-8, valid until the next call. False where its escapes are not Unicode, such as a lone surrogate.
    /// </summary>
    public bool TryUtf8(int index, out ReadOnlySpan<byte> utf8)
    {
        ref readonly var node = ref _nodes[index];
        return TryUtf8(_json.Span.Slice(node.Start, node.Length), node.IsEscaped, out utf8);
    }

    /// <summary>As <see cref="TryUtf8(int, out ReadOnlySpan{byte})"/>, of the name that a value has in its object.</summary>
    public bool TryNameUtf8(int index, out ReadOnlySpan<byte> utf8)
    {
        ref readonly var node = ref _nodes[index];
        return TryUtf8(_json.Span.Slice(node.NameStart, node.NameLength), node.IsNameEscaped, out utf8);
    }

    private bool TryUtf8(ReadOnlySpan<byte> written, bool isEscaped, out ReadOnlySpan<byte> utf8)
    {
        utf8 = written;
        if (!isEscaped) return true;
        if (_unescaped.Length < written.Length) _unescaped = new byte[written.Length];
        if (!JsonEscapes.TryUnescape(written, _unescaped, out var length)) return false;
        utf8 = _unescaped.AsSpan(0, length);
        return true;
    }

    /// <summary>An escaped spelling of a name is that name; one that is not Unicode is none that anybody reads.</summary>
    private JsonName EscapedName(ReadOnlySpan<byte> written) =>
        TryUtf8(written, isEscaped: true, out var utf8) ? JsonNames.Find(utf8) : JsonName.None;

    private void Add(ref JsonItem name, JsonKind kind, int start, int length, bool isEscaped)
    {
        if (_count == _nodes.Length) Array.Resize(ref _nodes, _count * 2);
        ref var node = ref _nodes[_count++];
        node = name;
        node.Kind = kind;
        node.Start = start;
        node.Length = length;
        node.IsEscaped = isEscaped;
        node.Next = _count;
        name = default;
    }

    private static JsonKind KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.True => JsonKind.True,
        JsonTokenType.False => JsonKind.False,
        _ => JsonKind.Null,
    };
}
