using System.Security.Cryptography;
using System.Text;

namespace RealtimeInsight.Host.Channels;

/// <summary>
/// The symmetric signature of the Standard Webhooks specification: <c>v1,base64(HMAC-SHA256(secret, id.timestamp.body))</c>.
/// </summary>
internal static class WebhookSignature
{
    public const string SecretPrefix = "whsec_";
    private const int SecretBytesMin = 24;
    private const int SecretBytesMax = 64;

    /// <summary>The header's value: a signature for each secret, with blanks between.</summary>
    public static string Header(IReadOnlyList<byte[]> secrets, string id, long timestampSeconds, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes($"{id}.{timestampSeconds}.");
        var content = new byte[head.Length + body.Length];
        head.CopyTo(content, 0);
        body.CopyTo(content.AsSpan(head.Length));
        return string.Join(' ', secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, content))));
    }

    public static bool TryReadSecret(string? text, out byte[] secret)
    {
        secret = [];
        if (text is null || !text.StartsWith(SecretPrefix, StringComparison.Ordinal)) return false;
        var buffer = new byte[text.Length];
        if (!Convert.TryFromBase64String(text[SecretPrefix.Length..], buffer, out var length)) return false;
        if (length is < SecretBytesMin or > SecretBytesMax) return false;
        secret = buffer[..length];
        return true;
    }
}
