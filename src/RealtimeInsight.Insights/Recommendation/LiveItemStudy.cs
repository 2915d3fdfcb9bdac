using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Recommendation;

/// <summary>
/// What learning from the stream adds: the test clicks of all sessions in the order of their time, each predicted from its session and all
/// that happened before it, then learned. The trained order learns nothing meanwhile. What is called still is mixed in the same way and
/// was learned from the training sessions alone: the difference to live is what the test sessions' own stream adds.
/// </summary>
internal static class LiveItemStudy
{
    private const int Depth = LiveItems.Depth;

    /// <param name="trained">Fitted to the training sessions.</param>
    public static ReportSection Run(
        NextItemRecommender trained, IReadOnlyList<ItemSession> train, IReadOnlyList<ItemSession> test, int seed, int items)
    {
        var (live, still) = (Warm(train, items), Warm(train, items));
        still.IsFrozen = true;
        string[] names = ["learned_order_live", "learned_order", "learned_order_still", "co_visitation_live", "co_visitation_still"];
        var ranks = names.Select(_ => test.Select(session => new int[session.Items.Length]).ToArray()).ToArray();
        var (best, shares) = (new int[Depth], new Dictionary<uint, double>());
        foreach (var (number, at) in InTime(test))
        {
            var session = test[number];
            var item = session.Items[at];
            var (prefix, times) = (session.Items[..at], session.Times[..at]);
            var before = Before(prefix);
            if (at > 0)
            {
                shares.Clear();
                live.Score(before, shares);
                trained.Recommend(prefix, times, shares, best);
                ranks[0][number][at] = Array.IndexOf(best, item) + 1;
                trained.Recommend(prefix, times, best);
                ranks[1][number][at] = Array.IndexOf(best, item) + 1;
                shares.Clear();
                still.Score(before, shares);
                trained.Recommend(prefix, times, shares, best);
                ranks[2][number][at] = Array.IndexOf(best, item) + 1;
                ranks[3][number][at] = RankIn(live.Recommend(before, Depth), item);
                ranks[4][number][at] = RankIn(still.Recommend(before, Depth), item);
            }

            Learn(live, item, before, session.Times[at]);
        }

        var tallies = ranks.Select(Tally).ToArray();
        return new ReportSection(
            "the same while the stream of the test sessions is learned from",
            tallies[0].Count,
            BaseRate: null,
            [.. names.Select((name, i) => new ModelResult(name, IsBaseline: i > 0, tallies[i].Metrics(seed)))],
            NextItemStudy.Compare(
                tallies[0], tallies[2], names[2], "learning from the stream adds", "not shown to add on both", seed))
        {
            Facts = [new MetricValue("live_share", NextItemRecommender.LiveShare), new MetricValue("items_known_live", live.Count)],
        };
    }

    private static LiveItems Warm(IReadOnlyList<ItemSession> sessions, int items)
    {
        var live = new LiveItems(new LiveItemsOptions { CountMax = Math.Max(items, 1), JudgedShare = 0 });
        foreach (var (number, at) in InTime(sessions))
        {
            var session = sessions[number];
            Learn(live, session.Items[at], Before(session.Items.AsSpan(0, at)), session.Times[at]);
        }

        return live;
    }

    private static void Learn(LiveItems live, int item, ReadOnlySpan<uint> before, double seconds) =>
        live.Saw(item.ToString(System.Globalization.CultureInfo.InvariantCulture), (uint)item, before, new Instant((long)(seconds * 1000)));

    /// <summary>Every look of every session, the earliest first.</summary>
    private static IEnumerable<(int Session, int At)> InTime(IReadOnlyList<ItemSession> sessions) => sessions
        .SelectMany((session, number) => session.Times.Select((time, at) => (time, number, at)))
        .OrderBy(static look => look.time).ThenBy(static look => look.number).ThenBy(static look => look.at)
        .Select(static look => (look.number, look.at));

    private static uint[] Before(ReadOnlySpan<int> prefix)
    {
        var before = new uint[Math.Min(prefix.Length, LiveItems.StepsMax)];
        for (var i = 0; i < before.Length; i++) before[i] = (uint)prefix[^(i + 1)];
        return before;
    }

    private static int RankIn(IReadOnlyList<LiveRecommendation> list, int item)
    {
        var name = item.ToString(System.Globalization.CultureInfo.InvariantCulture);
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Item == name) return i + 1;
        }

        return 0;
    }

    private static RankingTally Tally(int[][] ranks)
    {
        var tally = new RankingTally();
        foreach (var session in ranks)
        {
            for (var at = 1; at < session.Length; at++) tally.Add(session[at]);
        }

        return tally;
    }
}
