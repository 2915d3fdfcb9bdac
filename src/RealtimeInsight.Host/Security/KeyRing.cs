using System.Security.Cryptography;
using System.Text;

namespace RealtimeInsight.Host;

/// <summary>Configured keys. A comparison takes the same time wherever the difference is, and whichever key matches.</summary>
internal sealed class KeyRing
{
    private readonly byte[][] _digests;

    public KeyRing(IEnumerable<string> keys) => _digests = [.. keys.Select(Digest)];

    public bool IsEmpty => _digests.Length == 0;

    public bool Contains(string? key)
    {
        if (string.IsNullOrEmpty(key) || key.Length > Rules.KeyLengthMax) return false;
        var digest = Digest(key);
        var isFound = false;
        foreach (var known in _digests) isFound |= CryptographicOperations.FixedTimeEquals(known, digest);
        return isFound;
    }

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
