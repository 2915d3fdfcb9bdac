namespace RealtimeInsight.Insights.Recommendation;

/// <summary>
/// Items that may come next in a session, each with what the sources say about it. One instance serves one caller; its buffers live
/// from one call to the next.
/// </summary>
internal sealed class CandidateSet(SessionIndex index, ItemCatalogue catalogue)
{
    /// <summary>Columns of <see cref="Rows"/>.</summary>
    public const int Width = 25;

    private const int PerNeighbourSource = 60;
    private const int PerItemSource = 30;
    private const int Popular = 20;
    private const double PrefixDecay = 0.7;

    private readonly NeighbourScorer _neighbours = new(index);
    private readonly Dictionary<int, double> _plain = [];
    private readonly Dictionary<int, double> _inTime = [];
    private readonly Dictionary<int, double> _follows = [];
    private readonly HashSet<int> _items = [];
    private readonly int[] _recentlyPopular =
        [.. Enumerable.Range(0, index.Items).OrderByDescending(item => index.RecentPopularity[item]).ThenBy(item => item).Take(Popular)];

    /// <summary>Numbers of the candidate items.</summary>
    public List<int> Items { get; } = [];

    /// <summary>One row of features a candidate.</summary>
    public List<double[]> Rows { get; } = [];

    /// <summary>Finds candidates after the given session prefix.</summary>
    /// <param name="times">When each item of the prefix was seen; the last one is the moment of the prediction.</param>
    public void Find(ReadOnlySpan<int> prefix, ReadOnlySpan<double> times)
    {
        var now = times[^1];
        _plain.Clear();
        _inTime.Clear();
        _follows.Clear();
        _neighbours.Score(prefix, now, isInTime: false, _plain);
        _neighbours.Score(prefix, now, isInTime: true, _inTime);
        FollowPrefix(prefix);
        Collect(prefix);
        Describe(prefix, times);
    }

    private void FollowPrefix(ReadOnlySpan<int> prefix)
    {
        var weight = 1.0;
        for (var i = prefix.Length - 1; i >= 0 && weight > 0.05; i--)
        {
            var total = TotalOf(prefix[i]);
            foreach (var (item, count) in index.Following(prefix[i]))
            {
                _follows[item] = _follows.GetValueOrDefault(item) + (weight * count / total);
            }

            weight *= PrefixDecay;
        }
    }

    private void Collect(ReadOnlySpan<int> prefix)
    {
        _items.Clear();
        AddBest(_plain, PerNeighbourSource);
        AddBest(_inTime, PerNeighbourSource);
        AddBest(_follows, PerNeighbourSource);
        AddBest(index.Following(prefix[^1]), PerItemSource);
        AddBest(index.Together(prefix[^1]), PerItemSource);
        foreach (var item in prefix) _items.Add(item);
        foreach (var item in _recentlyPopular) _items.Add(item);
        Items.Clear();
        Items.AddRange(_items);
        Items.Sort();
    }

    private void AddBest(IReadOnlyDictionary<int, double> scores, int count)
    {
        if (scores.Count <= count)
        {
            foreach (var item in scores.Keys) _items.Add(item);
            return;
        }

        var (keys, items) = (new double[scores.Count], new int[scores.Count]);
        var next = 0;
        foreach (var (item, score) in scores)
        {
            keys[next] = -score;
            items[next++] = item;
        }

        Array.Sort(keys, items);
        for (var i = 0; i < count; i++) _items.Add(items[i]);
    }

    private void Describe(ReadOnlySpan<int> prefix, ReadOnlySpan<double> times)
    {
        Rows.Clear();
        var last = prefix[^1];
        var before = prefix.Length > 1 ? prefix[^2] : -1;
        var dwell = times.Length > 1 ? Math.Log(1 + Math.Max(0, times[^1] - times[^2])) : -1;
        double plainMax = Largest(_plain), inTimeMax = Largest(_inTime), followsMax = Largest(_follows);
        double plainSum = _plain.Values.Sum(), inTimeSum = _inTime.Values.Sum();
        var (lastTotal, lastSessions) = (TotalOf(last), Math.Max(1, index.SessionsOf(last).Count));
        foreach (var item in Items)
        {
            var isKnown = item < index.Items;
            var plain = _plain.GetValueOrDefault(item);
            var inTime = _inTime.GetValueOrDefault(item);
            var follows = _follows.GetValueOrDefault(item);
            var following = index.Following(last).GetValueOrDefault(item);
            var together = index.Together(last).GetValueOrDefault(item);
            var popularity = isKnown ? index.Popularity[item] : 0;
            var at = prefix.LastIndexOf(item);
            Rows.Add(
            [
                plain / plainMax, plain / plainSum, inTime / inTimeMax, inTime / inTimeSum,
                follows / followsMax, follows,
                following / lastTotal, Math.Log(1 + following),
                before < 0 ? double.NaN : index.Following(before).GetValueOrDefault(item) / TotalOf(before),
                index.Following(item).GetValueOrDefault(last) / TotalOf(item),
                together / lastSessions,
                    together / Math.Sqrt((double)lastSessions * Math.Max(1, isKnown ? index.SessionsOf(item).Count : 0)),
                Math.Log(1 + popularity),
                Math.Log(1 + (isKnown ? index.RecentPopularity[item] : 0)),
                isKnown ? index.RecentPopularity[item] / (popularity + 1) : 0,
                isKnown ? Math.Log(1 + Math.Max(0, index.End - index.LastSeen[item])) : double.NaN,
                Occurrences(prefix, item),
                at < 0 ? double.NaN : prefix.Length - 1 - at,
                catalogue.CategoryOf(item) == catalogue.CategoryOf(last) ? 1 : 0,
                CategoryShare(prefix, item),
                prefix.Length,
                Distinct(prefix),
                dwell,
                Math.Log(lastTotal),
                Math.Abs(item - last) < 0.5 ? 1 : 0,
            ]);
        }
    }

    private double TotalOf(int item) => item < index.Items ? index.FollowTotals[item] + 1 : 1;

    private double CategoryShare(ReadOnlySpan<int> prefix, int item)
    {
        var category = catalogue.CategoryOf(item);
        var same = 0;
        foreach (var seen in prefix) same += catalogue.CategoryOf(seen) == category ? 1 : 0;
        return same / (double)prefix.Length;
    }

    private static double Largest(Dictionary<int, double> scores) => scores.Count == 0 ? 1 : Math.Max(scores.Values.Max(), 1e-12);

    private static int Occurrences(ReadOnlySpan<int> prefix, int item)
    {
        var count = 0;
        foreach (var seen in prefix) count += seen == item ? 1 : 0;
        return count;
    }

    private static int Distinct(ReadOnlySpan<int> prefix)
    {
        var count = 0;
        for (var i = 0; i < prefix.Length; i++) count += prefix[..i].Contains(prefix[i]) ? 0 : 1;
        return count;
    }
}
