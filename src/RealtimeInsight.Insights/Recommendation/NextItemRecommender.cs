using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Recommendation;

/// <summary>
/// Recommends the next item of a running session: candidates from nearest sessions, transitions and popularity, ordered by trees
/// that learned on the latest training sessions, seen with an index of the sessions before them.
/// </summary>
public sealed class NextItemRecommender
{
    /// <summary>Most prefixes that the order is learned from.</summary>
    private const int LearningCasesMax = 12_000;

    /// <summary>Share of the training sessions, the latest ones, that the order is learned from.</summary>
    private const double LearningShare = 0.2;

    /// <summary>Fewest prefixes that are enough to learn an order from.</summary>
    private const int LearningCasesMin = 200;

    /// <summary>Part of a recommendation that is made of what was learned live.</summary>
    public const double LiveShare = 0.2;

    /// <summary>Wrong candidates kept a prefix while learning.</summary>
    private const int WrongMax = 40;

    private static readonly BoostingSettings Settings = new()
    {
        Trees = 150,
        LearningRate = 0.08,
        LeavesMax = 24,
        LeafCasesMin = 60,
        Ridge = 5,
        RowShare = 0.7,
        FeatureShare = 0.7,
    };

    private readonly SessionIndex _index;
    private readonly CandidateSet _candidates;
    private readonly GradientBoostedTrees? _order;

    internal NextItemRecommender(SessionIndex index, ItemCatalogue catalogue, GradientBoostedTrees? order)
    {
        _index = index;
        Catalogue = catalogue;
        _candidates = new CandidateSet(index, catalogue);
        _order = order;
    }

    /// <summary>The items that it knows.</summary>
    public ItemCatalogue Catalogue { get; }

    /// <summary>The sessions that it was fitted to, by their end.</summary>
    public IReadOnlyList<ItemSession> Sessions => _index.Sessions;

    internal SessionIndex Index => _index;

    internal GradientBoostedTrees? Trees => _order;

    /// <summary>Another one for another caller, over the same index and order.</summary>
    public NextItemRecommender Twin() => new(_index, Catalogue, _order);

    /// <summary>False where the training data is too small to learn an order: candidates come in the order of the neighbours.</summary>
    public bool IsLearned => _order is not null;

    /// <param name="sessions">By their end, the latest last.</param>
    /// <param name="progress">Told what is being done.</param>
    public static NextItemRecommender Fit(
        IReadOnlyList<ItemSession> sessions, ItemCatalogue catalogue, int seed, Action<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        ArgumentNullException.ThrowIfNull(catalogue);
        var split = (int)(sessions.Count * (1 - LearningShare));
        progress?.Invoke("indexing the earlier training sessions");
        var early = new SessionIndex([.. sessions.Take(split)], catalogue.Count);
        var learning = Learn(early, catalogue, [.. sessions.Skip(split)], seed, progress);
        progress?.Invoke("indexing all training sessions");
        return new NextItemRecommender(new SessionIndex(sessions, catalogue.Count), catalogue, learning);
    }

    /// <summary>The best items, best first. Not thread-safe.</summary>
    /// <param name="prefix">The session so far, the newest item last; at least one item.</param>
    public void Recommend(ReadOnlySpan<int> prefix, ReadOnlySpan<double> times, Span<int> best)
    {
        var (keys, items) = Order(prefix, times);
        Fill(keys, items, best);
    }

    /// <summary>
    /// The same beside what was learned of the items since: a mean of both sources' shares, in which the live one has
    /// <see cref="LiveShare"/>. Not thread-safe.
    /// </summary>
    /// <param name="live">Shares of items by what the stream says, see <see cref="Domain.Learning.LiveItems.Score"/>.</param>
    public void Recommend(
        ReadOnlySpan<int> prefix, ReadOnlySpan<double> times, IReadOnlyDictionary<uint, double> live, Span<int> best)
    {
        ArgumentNullException.ThrowIfNull(live);
        var mixed = new Dictionary<uint, double>();
        Mix(prefix, times, live, static number => (uint)number, mixed);
        int[] items = [.. mixed.Keys.Order().Select(static key => (int)key)];
        Fill(Array.ConvertAll(items, item => -mixed[(uint)item]), items, best);
    }

    /// <summary>The shares of that mean, by the keys of <paramref name="live"/>. Not thread-safe.</summary>
    /// <param name="keyOf">The key of an item's number.</param>
    internal void Mix(
        ReadOnlySpan<int> prefix, ReadOnlySpan<double> times, IReadOnlyDictionary<uint, double> live, Func<int, uint> keyOf,
        Dictionary<uint, double> mixed)
    {
        var (keys, items) = Order(prefix, times);
        var (largest, sum) = (keys.Length == 0 ? 0 : keys.Min(), 0.0);
        foreach (var key in keys) sum += Math.Exp(largest - key);
        for (var i = 0; i < keys.Length; i++) mixed[keyOf(items[i])] = (1 - LiveShare) * Math.Exp(largest - keys[i]) / sum;
        foreach (var (key, share) in live) mixed[key] = mixed.GetValueOrDefault(key) + (LiveShare * share);
    }

    /// <summary>Candidates by number, and their scores with the sign turned.</summary>
    private (double[] Keys, int[] Items) Order(ReadOnlySpan<int> prefix, ReadOnlySpan<double> times)
    {
        _candidates.Find(prefix, times);
        var count = _candidates.Items.Count;
        var (keys, items) = (new double[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            items[i] = _candidates.Items[i];
            keys[i] = -(_order?.Score(_candidates.Rows[i]) ?? (_candidates.Rows[i][0] + _candidates.Rows[i][2]));
        }

        return (keys, items);
    }

    private void Fill(double[] keys, int[] items, Span<int> best)
    {
        Array.Sort(keys, items);
        var count = items.Length;
        var filled = Math.Min(count, best.Length);
        items.AsSpan(0, filled).CopyTo(best);
        for (var i = 0; filled < best.Length && i < _index.ByPopularity.Length; i++)
        {
            if (!best[..filled].Contains(_index.ByPopularity[i])) best[filled++] = _index.ByPopularity[i];
        }

        best[filled..].Fill(-1);
    }

    private static GradientBoostedTrees? Learn(
        SessionIndex early, ItemCatalogue catalogue, List<ItemSession> later, int seed, Action<string>? progress)
    {
        var candidates = new CandidateSet(early, catalogue);
        var random = new Random(seed);
        var (rows, isRight, starts) = (new List<double[]>(), new List<bool>(), new List<int> { 0 });
        for (var number = later.Count - 1; number >= 0 && starts.Count <= LearningCasesMax; number--)
        {
            if (number % 500 == 0) progress?.Invoke($"finding candidates to learn from, {number} sessions left");
            var session = later[number];
            for (var i = 1; i < session.Items.Length; i++)
            {
                candidates.Find(session.Items.AsSpan(0, i), session.Times.AsSpan(0, i));
                var right = candidates.Items.IndexOf(session.Items[i]);
                if (right < 0) continue;
                var keep = WrongMax / (double)candidates.Items.Count;
                for (var c = 0; c < candidates.Items.Count; c++)
                {
                    var isStrong = candidates.Rows[c][0] > 0.25 || candidates.Rows[c][2] > 0.25 || candidates.Rows[c][4] > 0.25;
                    if (c != right && !isStrong && random.NextDouble() > keep) continue;
                    rows.Add(candidates.Rows[c]);
                    isRight.Add(c == right);
                }

                starts.Add(rows.Count);
            }
        }

        if (starts.Count - 1 < LearningCasesMin) return null;
        progress?.Invoke($"learning the order from {starts.Count - 1} prefixes and {rows.Count} candidates");
        return GradientBoostedTrees.FitListwise(rows, isRight, starts, Settings, seed);
    }
}
