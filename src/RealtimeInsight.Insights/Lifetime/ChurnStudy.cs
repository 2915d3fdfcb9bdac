using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Lifetime;

/// <summary>
/// Active customers (a purchase in the 180 days before a cut) who do not buy in the 90 days after it. Learned on earlier cuts whose
/// outcome was known, judged on later cuts.
/// </summary>
public static class ChurnStudy
{
    public const int ActiveDays = 180;
    public const int OutcomeDays = 90;

    /// <summary>One order line of a known customer; cancellations have a negative amount.</summary>
    public readonly record struct Line(
        int Customer, string Invoice, DateOnly Day, string Product, double Units, double Amount, bool IsCancellation);

    /// <param name="cuts">Days to judge; empty: the last training day where the test is later, else the last cut with a full
    /// outcome.</param>
    public static EvaluationReport Run(
        string format, IReadOnlyList<Line> train, IReadOnlyList<Line>? test, IReadOnlyList<DateOnly> cuts, int seed,
            Action<string> progress)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(cuts);
        ArgumentNullException.ThrowIfNull(progress);
        if (train.Count == 0) throw new EvaluationException("there is no order of a known customer in the training data");
        var all = test is null ? train : [.. train, .. test];
        var (first, last, trainEnd) = (all.Min(line => line.Day), all.Max(line => line.Day), train.Max(line => line.Day));
        var judged = cuts.Count > 0 ? cuts : [Earlier(trainEnd, last.AddDays(-OutcomeDays))];
        foreach (var cut in judged)
        {
            if (cut >= first && cut.AddDays(OutcomeDays) <= last) continue;
            throw new EvaluationException(
                $"cut {cut:O}: the {OutcomeDays} days after it have to be in the data, which spans {first:O} to {last:O}");
        }

        var cases = new ChurnCases(all);
        var sections = new List<ReportSection>();
        var notes = new List<string>();
        var trained = 0;
        foreach (var cut in judged)
        {
            progress($"learning for the cut {cut:O}");
            var known = ChurnModel.TrainCuts(first, cut, OutcomeDays);
            if (known.Count == 0)
            {
                throw new EvaluationException(
                    $"cut {cut:O}: no earlier cut has some history and a full outcome by then; choose a later cut");
            }

            LabelledCase[] earlier = [.. known.SelectMany(day => cases.At(day, OutcomeDays))];
            trained = Math.Max(trained, earlier.Length);
            var name = $"churn at {cut:O}: no purchase in the {OutcomeDays} days after it";
            TabularStudy.Require(name, earlier);
            sections.Add(TabularStudy.Judge(
                name,
                earlier,
                cases.At(cut, OutcomeDays),
                ("horizon_ensemble", ChurnModel.Predict(cases, first, cut, seed), 0.5),
                ("recency", ChurnCases.RecencyColumn),
                seed)
                with { Notes = [$"learned on {known.Count} cuts from {known[0]:O} to {known[^1]:O}, all with a full outcome by {cut:O}, "
                    + "and on later cuts by the shorter outcomes known by then"] });
        }

        return new EvaluationReport("churn", format, [.. sections.AsEnumerable().Reverse()])
        {
            Split = "each cut is judged by a model of earlier cuts whose outcome was known on that day; the latest cut first",
            TrainCases = trained,
            Warnings = notes,
        };
    }

    private static DateOnly Earlier(DateOnly a, DateOnly b) => a < b ? a : b;
}
