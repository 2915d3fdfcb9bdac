using System.Text;
using Microsoft.AspNetCore.Http;

namespace RealtimeInsight.Host;

/// <summary>
/// The key in an <c>Authorization</c> header: the user of Basic (Segment's form, with an empty password) or the Bearer token.
/// </summary>
internal static class Credentials
{
    private const int HeaderLengthMax = 1_024;

    public static string? KeyOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length is 0 or > HeaderLengthMax) return null;
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return header[7..].Trim();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        var buffer = new byte[HeaderLengthMax];
        if (!Convert.TryFromBase64String(header[6..].Trim(), buffer, out var length)) return null;
        var pair = Encoding.UTF8.GetString(buffer, 0, length);
        // The colon is part of the form; a password beside the key is somebody else's credential.
        return pair.EndsWith(':') ? pair[..^1] : null;
    }
}
