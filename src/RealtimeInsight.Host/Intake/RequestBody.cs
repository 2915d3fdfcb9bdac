using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace RealtimeInsight.Host.Intake;

/// <summary>A request body in pooled memory, bounded before and after decompression. Dispose to give the memory back.</summary>
internal sealed class RequestBody : IDisposable
{
    private byte[]? _buffer;

    private RequestBody(byte[]? buffer, int length, ItemProblem? problem, int status)
    {
        _buffer = buffer;
        Length = length;
        Problem = problem;
        Status = status;
    }

    public int Length { get; }

    /// <summary>Why there is no usable body; the memory then holds what was read of it.</summary>
    public ItemProblem? Problem { get; }

    /// <summary>The HTTP status for <see cref="Problem"/>.</summary>
    public int Status { get; }

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>Reads up to <paramref name="bytesMax"/>, unpacking gzip; what is longer is a problem, never memory.</summary>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int bytesMax, CancellationToken cancellationToken)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        var isPlain = encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase);
        if (!isPlain && !encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase))
        {
            return Without(StatusCodes.Status415UnsupportedMediaType, RejectCodes.UnsupportedType,
                "Content-Encoding is not supported; send gzip or none");
        }

        if (request.ContentLength > bytesMax) return TooLarge(null, 0, bytesMax);
        try
        {
            if (isPlain) return await FillAsync(request.Body, bytesMax, cancellationToken).ConfigureAwait(false);
            var unzipped = new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true);
            await using (unzipped.ConfigureAwait(false))
            {
                return await FillAsync(unzipped, bytesMax, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (InvalidDataException)
        {
            return Without(StatusCodes.Status400BadRequest, RejectCodes.InvalidJson,
                "the body is not gzip although Content-Encoding says so; compress it or leave the header out");
        }
        catch (BadHttpRequestException bad) when (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge(null, 0, bytesMax);
        }
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, null);
        if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
    }

    private static async ValueTask<RequestBody> FillAsync(Stream stream, int bytesMax, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        var length = 0;
        try
        {
            while (true)
            {
                if (length == buffer.Length) buffer = Grow(buffer);
                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (read == 0) return new RequestBody(buffer, length, null, StatusCodes.Status200OK);
                length += read;
                if (length > bytesMax) return TooLarge(buffer, Math.Min(length, bytesMax), bytesMax);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static RequestBody TooLarge(byte[]? buffer, int length, int bytesMax) => new(
        buffer, length,
        new ItemProblem(RejectCodes.TooLarge, $"the request has over {bytesMax} bytes, which is the limit of this call; split it"),
        StatusCodes.Status413PayloadTooLarge);

    private static RequestBody Without(int status, string code, string message) => new(null, 0, new ItemProblem(code, message), status);
}
