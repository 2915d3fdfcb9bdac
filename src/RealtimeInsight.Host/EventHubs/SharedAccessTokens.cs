using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RealtimeInsight.Host.EventHubs;

/// <summary>
/// Checks shared access signatures as Event Hubs does: <c>sig</c> is the HMAC-SHA256 of <c>sr</c> as written, a line feed and <c>se</c>,
/// by a key of the policy <c>skn</c>. Thread-safe.
/// </summary>
internal sealed class SharedAccessTokens
{
    private const string Scheme = "SharedAccessSignature ";
    private const int HeaderLengthMax = 2_048;

    private readonly Dictionary<string, byte[][]> _keys;
    private readonly TimeProvider _time;

    /// <summary>The fields of a token as written: <c>sr</c>, <c>sig</c>, <c>se</c> and <c>skn</c>.</summary>
    private readonly record struct Token(string Resource, string Signature, string Expiry, string Policy);

    public SharedAccessTokens(EventHubsOptions options, TimeProvider time)
    {
        _time = time;
        _keys = options.Keys.ToDictionary(
            static policy => policy.Key, static policy => policy.Value.Select(Encoding.UTF8.GetBytes).ToArray(),
            StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>
    /// True when the header holds a token that has not expired, is signed by a configured key, and whose resource is the path or a part
    /// before it. The resource's scheme and host do not count: keys belong to this host, whatever name it is reached by.
    /// </summary>
    public bool Allows(string authorization, string path)
    {
        if (authorization.Length > HeaderLengthMax || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        if (Read(authorization[Scheme.Length..]) is not { } token) return false;
        if (!long.TryParse(token.Expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)) return false;
        return IsSigned(token) && _time.GetUtcNow().ToUnixTimeSeconds() < expires && Covers(token.Resource, path);
    }

    private static Token? Read(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Trim().Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !fields.TryAdd(part[..equals], part[(equals + 1)..])) return null;
        }

        return fields.TryGetValue("sr", out var resource) && fields.TryGetValue("sig", out var signature)
            && fields.TryGetValue("se", out var expiry) && fields.TryGetValue("skn", out var policy)
            ? new Token(resource, signature, expiry, policy)
            : null;
    }

    private bool IsSigned(Token token)
    {
        if (!_keys.TryGetValue(Uri.UnescapeDataString(token.Policy), out var keys)) return false;
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        var text = Uri.UnescapeDataString(token.Signature);
        if (!Convert.TryFromBase64String(text, given, out var length) || length != given.Length) return false;
        var signed = Encoding.UTF8.GetBytes($"{token.Resource}\n{token.Expiry}");
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        var isFound = false;
        foreach (var key in keys)
        {
            HMACSHA256.HashData(key, signed, expected);
            isFound |= CryptographicOperations.FixedTimeEquals(expected, given);
        }

        return isFound;
    }

    private static bool Covers(string resource, string path)
    {
        if (!Uri.TryCreate(Uri.UnescapeDataString(resource), UriKind.Absolute, out var uri)) return false;
        var parts = Uri.UnescapeDataString(uri.AbsolutePath).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var asked = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length <= asked.Length
            && parts.AsSpan().SequenceEqual(asked.AsSpan(0, parts.Length), StringComparer.OrdinalIgnoreCase);
    }
}
