using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Recommendation;

/// <summary>Predicts every item of every test session but the first from the items before it, over all items.</summary>
public static class NextItemStudy
{
    /// <summary>Fewest cases on which a comparison may be claimed.</summary>
    public const int CasesMin = 500;

    private const int Depth = 20;

    private delegate void Ranker(ReadOnlySpan<int> prefix, ReadOnlySpan<double> times, Span<int> best);

    /// <param name="time">Measures the latency of a prediction.</param>
    public static EvaluationReport Run(
        string format, IReadOnlyList<Click> train, IReadOnlyList<Click> test, int seed, TimeProvider time, Action<string> progress)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(progress);
        var catalogue = new ItemCatalogue();
        var sessions = ItemSession.Of(train, catalogue);
        var known = catalogue.Count;
        var judged = ItemSession.Of(test, catalogue);
        var cases = judged.Sum(session => session.Items.Length - 1);
        if (sessions.Count == 0) throw new EvaluationException("no training session has two items");
        if (cases == 0) throw new EvaluationException("no test session has two items: there is nothing to predict");
        var recommender = NextItemRecommender.Fit(sessions, catalogue, seed, progress);
        var index = new SessionIndex(sessions, catalogue.Count);
        progress($"predicting {cases} items");
        var latencies = new List<double>(cases);
        var ours = Judge(judged, (prefix, times, best) =>
        {
            var start = time.GetTimestamp();
            recommender.Recommend(prefix, times, best);
            latencies.Add(time.GetElapsedTime(start).TotalMicroseconds);
        });
        progress("predicting with the baselines");
        var baselines = Baselines(index).Select(pair => (pair.Name, Tally: Judge(judged, pair.Ranker))).ToList();
        var rival = baselines.MaxBy(static pair => pair.Tally.MeanReciprocalRank(Depth));
        latencies.Sort();
        var section = new ReportSection(
            "next item of a session over all items",
            cases,
            BaseRate: null,
            [
                new ModelResult(recommender.IsLearned ? "learned_order" : "neighbours_unlearned", IsBaseline: false, ours.Metrics(seed)),
                .. baselines.Select(pair => new ModelResult(pair.Name, IsBaseline: true, pair.Tally.Metrics(seed))),
            ],
            Compare(
                ours, rival.Tally, rival.Name, "better than every baseline", "not shown to be better than every baseline on both", seed))
        {
            Facts =
            [
                new MetricValue("latency_p50_us", latencies[latencies.Count / 2]),
                new MetricValue("latency_p99_us", latencies[(int)(latencies.Count * 0.99)]),
                new MetricValue("items", known),
                new MetricValue("test_sessions", judged.Count),
                new MetricValue("cases_of_unknown_items", judged.Sum(session => session.Items.Skip(1).Count(item => item >= known))),
            ],
        };
        progress("predicting while learning from the test sessions as they happen");
        var live = LiveItemStudy.Run(recommender, sessions, judged, seed, catalogue.Count);
        return new EvaluationReport("next-item", format, [section, live])
        {
            Split = $"{sessions.Count} training sessions, {judged.Count} test sessions of at least two items",
            TrainCases = sessions.Sum(session => session.Items.Length - 1),
        };
    }

    private static RankingTally Judge(List<ItemSession> sessions, Ranker ranker)
    {
        var tally = new RankingTally();
        var best = new int[Depth];
        foreach (var session in sessions)
        {
            for (var i = 1; i < session.Items.Length; i++)
            {
                ranker(session.Items.AsSpan(0, i), session.Times.AsSpan(0, i), best);
                tally.Add(Array.IndexOf(best, session.Items[i]) + 1);
            }
        }

        return tally;
    }

    private static IEnumerable<(string Name, Ranker Ranker)> Baselines(SessionIndex index)
    {
        var neighbours = new NeighbourScorer(index);
        var scores = new Dictionary<int, double>();
        yield return ("vsknn", (prefix, times, best) =>
        {
            scores.Clear();
            neighbours.Score(prefix, times[^1], isInTime: false, scores);
            Best(scores, best);
        });
        yield return ("stan", (prefix, times, best) =>
        {
            scores.Clear();
            neighbours.Score(prefix, times[^1], isInTime: true, scores);
            Best(scores, best);
        });
        yield return ("transitions", (prefix, _, best) => Best(index.Following(prefix[^1]), best));
        yield return ("co_visitation", (prefix, _, best) => Best(index.Together(prefix[^1]), best));
        yield return ("popularity", (_, _, best) =>
        {
            best.Fill(-1);
            index.ByPopularity.AsSpan(0, Math.Min(best.Length, index.ByPopularity.Length)).CopyTo(best);
        });
    }

    private static void Best(IReadOnlyDictionary<int, double> scores, Span<int> best)
    {
        best.Fill(-1);
        var items = scores.Keys.ToArray();
        var keys = items.Select(item => -scores[item]).ToArray();
        Array.Sort(keys, items);
        items.AsSpan(0, Math.Min(items.Length, best.Length)).CopyTo(best);
    }

    /// <summary>Claims a gain where hits and ranks both show one, case by case.</summary>
    /// <param name="name">What it is compared with.</param>
    internal static Claim Compare(RankingTally ours, RankingTally theirs, string name, string made, string refused, int seed)
    {
        if (ours.Count < CasesMin)
        {
            return Claim.Refused($"n is too small to claim anything: {ours.Count} cases, at least {CasesMin} are needed");
        }

        var (hits, ranks) = (Gains(ours.Hits(Depth), theirs.Hits(Depth)), Gains(ours.Reciprocals(Depth), theirs.Reciprocals(Depth)));
        var (hitLow, hitHigh) = Bootstrap.OfMean(hits, seed);
        var (rankLow, rankHigh) = Bootstrap.OfMean(ranks, seed);
        var figures = $"HR@20 {hits.Average():+0.0000;-0.0000} [{hitLow:+0.0000;-0.0000}, {hitHigh:+0.0000;-0.0000}] and "
            + $"MRR@20 {ranks.Average():+0.0000;-0.0000} [{rankLow:+0.0000;-0.0000}, {rankHigh:+0.0000;-0.0000}] against {name}";
        return hitLow > 0 && rankLow > 0
            ? Claim.Made($"{made}: {figures}")
            : Claim.Refused($"{refused}: {figures}");
    }

    private static double[] Gains(IReadOnlyList<double> ours, IReadOnlyList<double> theirs) =>
        [.. ours.Select((value, i) => value - theirs[i])];
}
