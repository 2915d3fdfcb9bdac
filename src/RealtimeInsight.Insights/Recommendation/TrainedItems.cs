using System.Collections.Concurrent;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Insights.Recommendation;

/// <summary>
/// Serves a trained recommender: its order, in which what is learned live has its share, as <c>evaluate next-item</c> judges it. Items of
/// the session that were not there when it was trained are left to the live part. Thread-safe: callers at a time have a set of buffers
/// each.
/// </summary>
public sealed class TrainedItems : IItemOrder
{
    private readonly NextItemRecommender _first;
    private readonly ConcurrentBag<NextItemRecommender> _idle = [];
    private readonly Dictionary<uint, int> _numbers;
    private readonly uint[] _keys;

    public TrainedItems(string version, NextItemRecommender recommender)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(recommender);
        (Version, _first) = (version, recommender.Twin());
        _idle.Add(_first);
        _keys = [.. recommender.Catalogue.Ids.Select(EntityHash.Item)];
        _numbers = new Dictionary<uint, int>(_keys.Length);
        for (var number = 0; number < _keys.Length; number++) _numbers.TryAdd(_keys[number], number);
    }

    public string Version { get; }

    /// <summary>Ids of the items of the newest sessions that it was trained on, the earliest first.</summary>
    public IEnumerable<IReadOnlyList<string>> NewestSessions(int count) => _first.Sessions.Skip(_first.Sessions.Count - count)
        .Select(session => (IReadOnlyList<string>)[.. session.Items.Select(item => _first.Catalogue.Ids[item])]);

    public IReadOnlyList<LiveRecommendation> Recommend(
        ReadOnlySpan<uint> before, Instant newestAt, Instant earlierAt, LiveItems live, int limit)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        Span<int> prefix = stackalloc int[before.Length];
        var length = PrefixOf(before, prefix);
        if (length == 0) return live.Recommend(before, limit);
        var shares = new Dictionary<uint, double>();
        live.Score(before, shares);
        var mixed = new Dictionary<uint, double>();
        var recommender = _idle.TryTake(out var idle) ? idle : _first.Twin();
        recommender.Mix(prefix[..length], TimesOf(length, newestAt, earlierAt), shares, number => _keys[number], mixed);
        _idle.Add(recommender);
        return Best(mixed, live, limit);
    }

    /// <summary>Numbers of the items, the oldest first, the same one twice in a row once; returns how many.</summary>
    private int PrefixOf(ReadOnlySpan<uint> before, Span<int> prefix)
    {
        var length = 0;
        for (var i = before.Length - 1; i >= 0; i--)
        {
            if (!_numbers.TryGetValue(before[i], out var number)) continue;
            if (length == 0 || prefix[length - 1] != number) prefix[length++] = number;
        }

        return length;
    }

    /// <summary>Only the last two are looked at.</summary>
    private static double[] TimesOf(int length, Instant newestAt, Instant earlierAt)
    {
        var times = new double[length];
        times[^1] = newestAt.UnixMs / 1000.0;
        if (length > 1) times[^2] = earlierAt.HasValue ? earlierAt.UnixMs / 1000.0 : times[^1];
        return times;
    }

    private List<LiveRecommendation> Best(Dictionary<uint, double> mixed, LiveItems live, int limit)
    {
        var found = new List<LiveRecommendation>(limit);
        var ranked = mixed.OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key);
        foreach (var (key, share) in ranked)
        {
            if (found.Count == limit) return found;
            var id = _numbers.TryGetValue(key, out var number) ? _first.Catalogue.Ids[number] : live.IdOf(key);
            if (id is not null) found.Add(new LiveRecommendation(id, share));
        }

        foreach (var popular in _first.Index.ByPopularity)
        {
            if (found.Count == limit) break;
            if (!mixed.ContainsKey(_keys[popular])) found.Add(new LiveRecommendation(_first.Catalogue.Ids[popular], 0));
        }

        return found;
    }
}
