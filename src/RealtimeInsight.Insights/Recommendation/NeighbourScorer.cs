namespace RealtimeInsight.Insights.Recommendation;

/// <summary>
/// Session nearest neighbours. Plain: VSKNN (Ludewig and Jannach 2018), later items of the session count more. In time: STAN (Garg
/// et al. 2019), neighbours also lose weight with their age and with the distance of an item from the one they share.
/// </summary>
public sealed class NeighbourScorer(SessionIndex index, int neighbours = 100, int sample = 1000)
{
    private const double AgeScaleSeconds = 2.5 * 86_400;
    private const double StepScale = 2.2;
    private const double PositionScale = 1.05;

    private readonly Dictionary<int, double> _positions = [];
    private readonly Dictionary<int, int> _places = [];
    private readonly HashSet<int> _found = [];
    private readonly List<(double Similarity, int Session)> _ranked = [];

    /// <summary>Adds scores of items to <paramref name="scores"/>. Not thread-safe: buffers are kept between calls.</summary>
    /// <param name="prefix">The session so far, the newest item last.</param>
    public void Score(ReadOnlySpan<int> prefix, double now, bool isInTime, Dictionary<int, double> scores)
    {
        _positions.Clear();
        _places.Clear();
        for (var i = 0; i < prefix.Length; i++)
        {
            _positions[prefix[i]] = isInTime
                ? Math.Exp((i + 1 - prefix.Length) / PositionScale)
                : (i + 1.0) / prefix.Length;
            _places[prefix[i]] = i + 1;
        }

        FindSample(prefix);
        Rank(now, isInTime);
        foreach (var (similarity, number) in _ranked) AddItems(index.Sessions[number], similarity, prefix.Length, isInTime, scores);
    }

    /// <summary>The latest sessions that share an item with the prefix.</summary>
    private void FindSample(ReadOnlySpan<int> prefix)
    {
        _found.Clear();
        var latest = new List<int>();
        foreach (var item in _positions.Keys)
        {
            var sessions = index.SessionsOf(item);
            for (var i = sessions.Count - 1; i >= Math.Max(0, sessions.Count - sample); i--)
            {
                if (_found.Add(sessions[i])) latest.Add(sessions[i]);
            }
        }

        if (latest.Count <= sample) return;
        latest.Sort((a, b) => b.CompareTo(a));
        for (var i = sample; i < latest.Count; i++) _found.Remove(latest[i]);
    }

    private void Rank(double now, bool isInTime)
    {
        _ranked.Clear();
        foreach (var number in _found)
        {
            var session = index.Sessions[number];
            double similarity = 0;
            var seen = session.Items;
            for (var i = 0; i < seen.Length; i++)
            {
                if (_positions.TryGetValue(seen[i], out var weight) && Array.IndexOf(seen, seen[i]) == i) similarity += weight;
            }

            if (isInTime)
            {
                similarity *= Math.Exp(-Math.Max(0, now - session.End) / AgeScaleSeconds) / Math.Sqrt(seen.Length);
            }

            _ranked.Add((similarity, number));
        }

        _ranked.Sort((a, b) => a.Similarity.Equals(b.Similarity) ? b.Session.CompareTo(a.Session) : b.Similarity.CompareTo(a.Similarity));
        if (_ranked.Count > neighbours) _ranked.RemoveRange(neighbours, _ranked.Count - neighbours);
    }

    private void AddItems(ItemSession session, double similarity, int length, bool isInTime, Dictionary<int, double> scores)
    {
        var (shared, place) = (-1, 0);
        for (var i = 0; i < session.Items.Length; i++)
        {
            if (_places.TryGetValue(session.Items[i], out var at) && at >= place) (shared, place) = (i, at);
        }

        var decay = isInTime ? 1 : 1.0 / (length - place + 1);
        for (var i = 0; i < session.Items.Length; i++)
        {
            if (isInTime && i == shared) continue;
            var weight = isInTime ? Math.Exp(-Math.Abs(i - shared) / StepScale) : decay;
            var item = session.Items[i];
            scores[item] = scores.GetValueOrDefault(item) + (similarity * weight);
        }
    }
}
