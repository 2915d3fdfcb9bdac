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

    private const int TrainStepDays = 10;
    private const int HistoryDaysMin = 60;

    private static readonly int[] Windows = [14, 30, 60, 90, 180];

    /// <summary>One order line of a known customer; cancellations have a negative amount.</summary>
    public readonly record struct Line(int Customer, string Invoice, DateOnly Day, double Amount, bool IsCancellation);

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

        var customers = all.GroupBy(line => line.Customer)
            .ToDictionary(group => group.Key, group => group.OrderBy(line => line.Day).ToList());
        var sections = new List<ReportSection>();
        var notes = new List<string>();
        var trained = 0;
        foreach (var cut in judged)
        {
            progress($"learning for the cut {cut:O}");
            var known = TrainCuts(first, cut);
            if (known.Count == 0)
            {
                throw new EvaluationException(
                    $"cut {cut:O}: no earlier cut has {HistoryDaysMin} days of history and a full outcome by then; choose a later cut");
            }

            LabelledCase[] earlier = [.. known.SelectMany(earlierCut => Cases(customers, first, earlierCut))];
            trained = Math.Max(trained, earlier.Length);
            sections.Add(TabularStudy.Section(
                $"churn at {cut:O}: no purchase in the {OutcomeDays} days after it", earlier, Cases(customers, first, cut), (
                    "recency", 0), seed)
                with { Notes = [$"learned on {known.Count} cuts from {known[0]:O} to {known[^1]:O}, all with a full outcome by {cut:O}"] });
        }

        return new EvaluationReport("churn", format, [.. sections.AsEnumerable().Reverse()])
        {
            Split = "each cut is judged by a model of earlier cuts whose outcome was known on that day; the latest cut first",
            TrainCases = trained,
            Warnings = notes,
        };
    }

    private static DateOnly Earlier(DateOnly a, DateOnly b) => a < b ? a : b;

    private static List<DateOnly> TrainCuts(DateOnly first, DateOnly cut)
    {
        var cuts = new List<DateOnly>();
        for (var day = cut.AddDays(-OutcomeDays); day >= first.AddDays(HistoryDaysMin); day = day.AddDays(-TrainStepDays)) cuts.Add(day);
        cuts.Reverse();
        if (cuts.Count == 0 && cut.AddDays(-OutcomeDays) > first) cuts.Add(cut.AddDays(-OutcomeDays));
        return cuts;
    }

    private static List<LabelledCase> Cases(Dictionary<int, List<Line>> customers, DateOnly first, DateOnly cut)
    {
        var cases = new List<LabelledCase>();
        foreach (var (customer, lines) in customers)
        {
            var known = lines.Where(line => line.Day <= cut).ToList();
            var bought = known.Where(line => !line.IsCancellation).ToList();
            if (bought.Count == 0 || cut.DayNumber - bought[^1].Day.DayNumber >= ActiveDays) continue;
            var returned = lines.Any(line => !line.IsCancellation && line.Day > cut && line.Day <= cut.AddDays(OutcomeDays));
            cases.Add(new LabelledCase(Features(known, bought, first, cut), !returned, customer));
        }

        return cases;
    }

    private static double[] Features(List<Line> known, List<Line> bought, DateOnly first, DateOnly cut)
    {
        var days = bought.Select(line => line.Day.DayNumber).Distinct().ToList();
        var recency = cut.DayNumber - days[^1];
        var tenure = cut.DayNumber - days[0];
        var gaps = days.Zip(days.Skip(1), (a, b) => (double)(b - a)).ToList();
        var gap = gaps.Count > 0 ? gaps.Average() : double.NaN;
        var spread = gaps.Count > 1 ? Math.Sqrt(gaps.Average(value => (value - gap) * (value - gap))) : double.NaN;
        var spend = bought.Sum(line => line.Amount);
        var invoices = bought.Select(line => line.Invoice).Distinct().Count();
        var observed = Math.Max(1, cut.DayNumber - first.DayNumber);
        var features = new List<double>
        {
            recency, days.Count, spend, tenure, invoices, spend / days.Count, gap, spread,
            recency / (gap + 1),
            tenure == 0 ? 1 : recency / (double)tenure,
            days.Count / (tenure + 30.0) * 30,
            known.Count(line => line.IsCancellation),
            bought.Count / (double)days.Count,
            tenure / (double)observed,
        };
        foreach (var window in Windows)
        {
            var from = cut.AddDays(-window);
            var recent = bought.Where(line => line.Day > from).ToList();
            features.Add(recent.Select(line => line.Day).Distinct().Count());
            features.Add(recent.Sum(line => line.Amount));
        }

        return [.. features];
    }
}
