namespace RealtimeInsight.Domain.Text;

/// <summary>Short hashes of products, categories and brands as the kept events and the model's buckets use them; 0 means none.</summary>
public static class EntityHash
{
    public static uint Item(string? productId)
    {
        if (string.IsNullOrEmpty(productId)) return 0;
        var hash = (uint)StableHash.Of(productId);
        return hash == 0 ? 1 : hash;
    }

    public static ushort Label(string? name) =>
        string.IsNullOrEmpty(name) ? (ushort)0 : (ushort)((StableHash.Of(name) % ushort.MaxValue) + 1);

    /// <summary>The label of the name that these bytes spell.</summary>
    public static ushort Label(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? (ushort)0 : (ushort)((StableHash.Of(utf8) % ushort.MaxValue) + 1);

    /// <summary>Embedding row of a hash: 0 for none, else 1 to <paramref name="buckets"/> - 1.</summary>
    public static long Bucket(uint hash, int buckets) => hash == 0 ? 0 : 1 + ((hash - 1) % (uint)(buckets - 1));
}
