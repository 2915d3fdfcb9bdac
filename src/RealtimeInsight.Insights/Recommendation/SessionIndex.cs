namespace RealtimeInsight.Insights.Recommendation;

/// <summary>What past sessions say about items: who saw them, what came next, how often and how lately. Read-only once built.</summary>
public sealed class SessionIndex
{
    /// <summary>Steps between two items up to which one is counted as following the other.</summary>
    private const int FollowStepsMax = 10;

    private const double RecentHalfLifeSeconds = 86_400;

    private readonly List<int>[] _sessionsOf;
    private readonly Dictionary<int, double>[] _follows;
    private readonly Dictionary<int, double>[] _together;

    public SessionIndex(IReadOnlyList<ItemSession> sessions, int items)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        Sessions = sessions;
        Items = items;
        End = sessions.Count == 0 ? 0 : sessions[^1].End;
        _sessionsOf = Tables<List<int>>(items);
        _follows = Tables<Dictionary<int, double>>(items);
        _together = Tables<Dictionary<int, double>>(items);
        Popularity = new double[items];
        RecentPopularity = new double[items];
        LastSeen = new double[items];
        FollowTotals = new double[items];
        Array.Fill(LastSeen, double.NegativeInfinity);
        for (var i = 0; i < sessions.Count; i++) Add(sessions[i], i);
        ByPopularity = [.. Enumerable.Range(0, items).OrderByDescending(item => Popularity[item]).ThenBy(item => item)];
    }

    /// <summary>By their end, the latest last.</summary>
    public IReadOnlyList<ItemSession> Sessions { get; }

    public int Items { get; }

    /// <summary>When the latest session ended.</summary>
    public double End { get; }

    public double[] Popularity { get; }

    /// <summary>Clicks that lose half of their weight a day, as of <see cref="End"/>.</summary>
    public double[] RecentPopularity { get; }

    public double[] LastSeen { get; }

    /// <summary>Sum of the weights with which anything followed the item.</summary>
    public double[] FollowTotals { get; }

    public int[] ByPopularity { get; }

    /// <summary>Sessions that hold the item, the latest last.</summary>
    public IReadOnlyList<int> SessionsOf(int item) => item < Items ? _sessionsOf[item] : [];

    /// <summary>What followed the item, weighted by 1 over the number of steps.</summary>
    public IReadOnlyDictionary<int, double> Following(int item) => item < Items ? _follows[item] : _none;

    /// <summary>What was in the same session, in any order.</summary>
    public IReadOnlyDictionary<int, double> Together(int item) => item < Items ? _together[item] : _none;

    private static readonly Dictionary<int, double> _none = [];

    private void Add(ItemSession session, int number)
    {
        var distinct = session.Items.Distinct().ToArray();
        foreach (var item in distinct)
        {
            _sessionsOf[item].Add(number);
            foreach (var other in distinct)
            {
                if (other != item) Increase(_together[item], other, 1);
            }
        }

        for (var i = 0; i < session.Items.Length; i++)
        {
            var item = session.Items[i];
            Popularity[item]++;
            RecentPopularity[item] += Math.Pow(0.5, (End - session.Times[i]) / RecentHalfLifeSeconds);
            LastSeen[item] = Math.Max(LastSeen[item], session.Times[i]);
            for (var step = 1; step <= FollowStepsMax && i + step < session.Items.Length; step++)
            {
                Increase(_follows[item], session.Items[i + step], 1.0 / step);
                FollowTotals[item] += 1.0 / step;
            }
        }
    }

    private static void Increase(Dictionary<int, double> table, int key, double by) => table[key] = table.GetValueOrDefault(key) + by;

    private static T[] Tables<T>(int count)
        where T : new()
    {
        var tables = new T[count];
        for (var i = 0; i < count; i++) tables[i] = new T();
        return tables;
    }
}
