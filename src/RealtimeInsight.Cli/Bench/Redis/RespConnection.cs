using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace RealtimeInsight.Cli.Bench.Redis;

/// <summary>
/// As much of the Redis protocol as the comparison needs: many keys read by one MGET, many written by one MSET, each one round trip.
/// Blocking, allocates nothing in the steady state; used by one thread.
/// </summary>
internal sealed class RespConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private byte[] _input = new byte[256 * 1024];
    private int _start;
    private int _end;

    public RespConnection(UnixDomainSocketEndPoint server) => _socket.Connect(server);

    /// <summary>Begins a command of so many parts, its name included.</summary>
    public void Begin(ReadOnlySpan<byte> command, int parts)
    {
        Head((byte)'*', parts);
        Part(command);
    }

    public void Part(ReadOnlySpan<byte> part)
    {
        Head((byte)'$', part.Length);
        _output.Write(part);
        _output.Write("\r\n"u8);
    }

    public void Part(string part)
    {
        var length = Encoding.UTF8.GetByteCount(part);
        Head((byte)'$', length);
        Encoding.UTF8.GetBytes(part, _output.GetSpan(length));
        _output.Advance(length);
        _output.Write("\r\n"u8);
    }

    public void Send()
    {
        var rest = _output.WrittenSpan;
        while (rest.Length > 0) rest = rest[_socket.Send(rest)..];
        _output.ResetWrittenCount();
    }

    /// <summary>Reads the head of an array and returns its length.</summary>
    public int ReadArray() => ReadNumber((byte)'*');

    /// <summary>The next bulk string, valid until the next read; false for none.</summary>
    public bool TryReadBulk(out ReadOnlySpan<byte> value)
    {
        var length = ReadNumber((byte)'$');
        value = default;
        if (length < 0) return false;
        while (_end - _start < length + 2) Fill();
        value = _input.AsSpan(_start, length);
        _start += length + 2;
        return true;
    }

    /// <exception cref="CliException">The answer is an error.</exception>
    public void ReadOk()
    {
        var line = ReadLine();
        if (!line.SequenceEqual("+OK"u8)) throw CliException.Failure($"redis answered {Encoding.UTF8.GetString(line)}");
    }

    public void Dispose() => _socket.Dispose();

    private void Head(byte kind, int number)
    {
        var span = _output.GetSpan(16);
        span[0] = kind;
        Utf8Formatter.TryFormat(number, span[1..], out var length);
        "\r\n"u8.CopyTo(span[(1 + length)..]);
        _output.Advance(length + 3);
    }

    private int ReadNumber(byte kind)
    {
        var line = ReadLine();
        if (line.Length < 2 || line[0] != kind) throw CliException.Failure($"redis answered {Encoding.UTF8.GetString(line)}");
        return int.Parse(line[1..], CultureInfo.InvariantCulture);
    }

    private ReadOnlySpan<byte> ReadLine()
    {
        int at;
        while ((at = _input.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0) Fill();
        var line = _input.AsSpan(_start, at);
        _start += at + 2;
        return line;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _input.Length) Array.Resize(ref _input, _input.Length * 2);
        var read = _socket.Receive(_input.AsSpan(_end));
        if (read == 0) throw CliException.Failure("redis closed the connection");
        _end += read;
    }
}
