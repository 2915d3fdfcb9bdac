using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RealtimeInsight.Cli.Bench.Http;

/// <summary>
/// One kept-alive connection that writes requests made before and reads just enough of the answer: what a load generator costs should not
/// be part of the figure. Blocking; used by one thread.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private const int AnswerBytesMax = 64 * 1024;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[AnswerBytesMax];

    public HttpConnection(Uri address) => _socket.Connect(new IPEndPoint(IPAddress.Parse(address.Host), address.Port));

    /// <summary>A whole request with its body.</summary>
    public static byte[] Request(Uri address, string writeKey, ReadOnlySpan<byte> body)
    {
        var key = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{writeKey}:"));
        var head = Encoding.ASCII.GetBytes(
            $"POST /v1/batch HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Basic {key}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. head, .. body];
    }

    /// <summary>Sends a request and returns when its answer is complete.</summary>
    /// <exception cref="CliException">The answer is not that all of the events were accepted.</exception>
    public void Post(ReadOnlySpan<byte> request, int events)
    {
        while (request.Length > 0) request = request[_socket.Send(request)..];
        var answer = ReadAnswer();
        if (answer.StartsWith("HTTP/1.1 200 "u8)
            && answer.IndexOf(Encoding.ASCII.GetBytes($"\"accepted\":{events},\"duplicates\":0,\"rejected\":[]")) > 0)
        {
            return;
        }

        var shown = Encoding.UTF8.GetString(answer[..Math.Min(answer.Length, 600)]);
        throw CliException.Failure($"the host did not accept all of {events} events, so that there is no figure: {shown}");
    }

    public void Dispose() => _socket.Dispose();

    private ReadOnlySpan<byte> ReadAnswer()
    {
        var length = 0;
        while (length < _answer.Length)
        {
            var read = _socket.Receive(_answer.AsSpan(length));
            if (read == 0) throw CliException.Failure("the host closed a connection");
            length += read;
            var answer = _answer.AsSpan(0, length);
            var head = answer.IndexOf("\r\n\r\n"u8);
            if (head >= 0 && length >= head + 4 + BodyLength(answer[..head])) return answer;
        }

        throw CliException.Failure($"an answer has over {AnswerBytesMax} bytes");
    }

    private static int BodyLength(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0) throw CliException.Failure("an answer has no Content-Length");
        var digits = head[(at + 16)..];
        var end = digits.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? digits : digits[..end], System.Globalization.CultureInfo.InvariantCulture);
    }
}
