namespace RealtimeInsight.Engine.Identity;

/// <summary>
/// Answers at once, for almost all events that name a visitor beside a customer, that the visitor has no history to merge. A Bloom filter
/// of ids that events were sent under (Bloom, 1970; two probes, 8 MiB once the first is noted), and an exact memory of the last visitors
/// that turned out to have none. Wrong in one direction only: then a shard is asked. Thread-safe.
/// </summary>
internal sealed class LinkFilter
{
    private const int Words = 1 << 20;
    private const int NoneMax = 1 << 16;
    private readonly ulong[] _none = new ulong[NoneMax];
    private ulong[]? _words;
    private int _version;

    /// <summary>
    /// Changes when an id turns out to have no history: what was noted of it before, but not applied yet, has to be noted again.
    /// </summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>An event was sent under the id with this hash.</summary>
    public void Seen(ulong hash)
    {
        var words = _words ?? Make();
        Set(words, hash);
        Set(words, Second(hash));
        ref var none = ref _none[hash % NoneMax];
        if (Volatile.Read(ref none) == hash) Volatile.Write(ref none, 0);
    }

    /// <summary>False when nothing was ever sent under the id.</summary>
    public bool MayHaveHistory(ulong hash) =>
        _words is { } words && IsSet(words, hash) && IsSet(words, Second(hash)) && Volatile.Read(ref _none[hash % NoneMax]) != hash;

    /// <summary>A shard was asked, and knows nothing of the id.</summary>
    public void HasNone(ulong hash)
    {
        Volatile.Write(ref _none[hash % NoneMax], hash);
        Interlocked.Increment(ref _version);
    }

    private static ulong Second(ulong hash) => hash * 0x9E3779B97F4A7C15;

    private static bool IsSet(ulong[] words, ulong hash) =>
        (Volatile.Read(ref words[(hash >> 38) % Words]) & (1UL << (int)(hash >> 58))) != 0;

    private static void Set(ulong[] words, ulong hash)
    {
        ref var word = ref words[(hash >> 38) % Words];
        var bit = 1UL << (int)(hash >> 58);
        if ((Volatile.Read(ref word) & bit) == 0) Interlocked.Or(ref word, bit);
    }

    private ulong[] Make() => Interlocked.CompareExchange(ref _words, new ulong[Words], null) ?? _words!;
}
