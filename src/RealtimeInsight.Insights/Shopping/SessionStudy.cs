using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Shopping;

/// <summary>Judges predictions about running sessions on sessions that came later.</summary>
public static class SessionStudy
{
    /// <summary>Share of the decisions, the latest ones, that are judged where there is no separate test data.</summary>
    private const double TestShare = 0.3;

    /// <summary>
    /// Carts that stay without a transaction; <paramref name="test"/> null: the last decisions of <paramref name="train"/>.
    /// </summary>
    public static EvaluationReport Abandonment(string format, IReadOnlyList<ShopEvent> train, IReadOnlyList<ShopEvent>? test, int seed) =>
        Report("abandonment", format, "cart abandoned: no transaction after the session's first cart event",
            SessionDecisions.Abandonment, ("item_bought_per_cart", SessionDecisions.ItemRateColumn), train, test, seed);

    /// <summary>Sessions that go on to buy.</summary>
    public static EvaluationReport Purchase(string format, IReadOnlyList<ShopEvent> train, IReadOnlyList<ShopEvent>? test, int seed) =>
        Report("purchase", format, "purchase: a transaction after the session's third event",
            SessionDecisions.Purchase, ("views_in_session", SessionDecisions.SessionViewsColumn), train, test, seed);

    private static EvaluationReport Report(
        string task,
        string format,
        string name,
        Func<IEnumerable<ShopEvent>, List<SessionDecisions.Decision>> decide,
        (string Name, int Column) rule,
        IReadOnlyList<ShopEvent> train,
        IReadOnlyList<ShopEvent>? test,
        int seed)
    {
        ArgumentNullException.ThrowIfNull(train);
        var decisions = decide(test is null ? train : train.Concat(test));
        if (decisions.Count == 0) throw new EvaluationException("no session comes to the moment of decision");
        var (border, split) = (decisions[0].Seconds, "earlier files, later files");
        HashSet<string> judged;
        if (test is null)
        {
            border = decisions[(int)((decisions.Count - 1) * (1 - TestShare))].Seconds;
            judged = [.. decisions.Where(decision => decision.Seconds > border).Select(decision => decision.Session)];
            split = $"the same files: judged on the last {TestShare:P0} of the decisions";
        }
        else
        {
            judged = [.. test.Select(happened => happened.Session)];
        }

        LabelledCase[] earlier = [.. decisions.Where(decision => !judged.Contains(decision.Session)).Select(decision => decision.Case)];
        LabelledCase[] later = [.. decisions.Where(decision => judged.Contains(decision.Session)).Select(decision => decision.Case)];
        var warnings = new List<string>();
        if (test is not null && train.Count > 0 && test.Count > 0
            && test.Min(happened => happened.Seconds) < train.Max(happened => happened.Seconds))
        {
            warnings.Add("test events are not all later than the training events: the figures may be too good");
        }

        return new EvaluationReport(task, format, [TabularStudy.Section(name, earlier, later, rule, seed)])
        {
            Split = split,
            TrainCases = earlier.Length,
            Warnings = warnings,
        };
    }
}
