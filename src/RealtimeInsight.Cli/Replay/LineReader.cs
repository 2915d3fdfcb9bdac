using System.Text;

namespace RealtimeInsight.Cli.Replay;

/// <summary>One physical line of a text file, without its line break.</summary>
/// <param name="Number">From 1, as an editor counts.</param>
/// <param name="IsCut">True when the line was longer than <see cref="LineReader.LengthMax"/>; the rest was read and dropped.</param>
public readonly record struct TextLine(string Text, int Number, bool IsCut);

/// <summary>Reads lines of bounded length, so that a file without line breaks cannot exhaust memory. Does not own its reader.</summary>
public sealed class LineReader(TextReader reader)
{
    /// <summary>Most characters kept of a line: the size limit of one event at the HTTP intake.</summary>
    public const int LengthMax = 32 * 1024;

    /// <summary>What a line is rejected with that was cut.</summary>
    public static readonly string TooLong = $"the line is longer than {LengthMax} characters, the limit of one event";

    private readonly char[] _buffer = new char[16 * 1024];
    private readonly StringBuilder _partial = new();
    private int _position;
    private int _length;
    private int _number;

    /// <summary>The next line, or null at the end of the file. LF and CRLF end a line.</summary>
    public TextLine? Read()
    {
        _partial.Clear();
        var isCut = false;
        var isAny = false;
        while (_position < _length || Fill())
        {
            isAny = true;
            var chunk = _buffer.AsSpan(_position, _length - _position);
            var end = chunk.IndexOf('\n');
            var part = end < 0 ? chunk : chunk[..end];
            _position += end < 0 ? part.Length : end + 1;
            var room = LengthMax - _partial.Length;
            isCut |= part.Length > room;
            _partial.Append(part.Length > room ? part[..room] : part);
            if (end >= 0) break;
        }

        if (!isAny) return null;
        if (_partial.Length > 0 && _partial[^1] == '\r') _partial.Length--;
        return new TextLine(_partial.ToString(), ++_number, isCut);
    }

    private bool Fill()
    {
        _position = 0;
        _length = reader.Read(_buffer, 0, _buffer.Length);
        return _length > 0;
    }
}
