using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Shopping;

/// <summary>Which visits end in a purchase.</summary>
public static class ConversionStudy
{
    private const int ExitRateColumn = 7;

    /// <summary>Cases of a code below which it gets no column of its own.</summary>
    private const int CodeCasesMin = 60;

    /// <summary>Months judged where there is no separate test data.</summary>
    private const int TestMonths = 2;

    /// <summary>Months in which a visit comes to count half as much.</summary>
    private const double HalfLifeMonths = 4;

    /// <param name="test">Null: the last months of <paramref name="train"/>.</param>
    /// <param name="isLeaking">Also report what the column that gives the label away would reach.</param>
    public static EvaluationReport Run(string format, IReadOnlyList<Visit> train, IReadOnlyList<Visit>? test, bool isLeaking, int seed)
    {
        ArgumentNullException.ThrowIfNull(train);
        var (known, judged, split) = (train, test, "earlier files, later files");
        if (judged is null)
        {
            var months = train.Select(visit => visit.Month).Distinct().Order().ToList();
            if (months.Count <= TestMonths) throw new EvaluationException($"{months.Count} months of visits: give later data as --test");
            var border = months[^TestMonths];
            known = [.. train.Where(visit => visit.Month < border)];
            judged = [.. train.Where(visit => visit.Month >= border)];
            split = $"the same files: judged on the last {TestMonths} months";
        }

        var codes = Codes(known);
        var ages = Weights(known, judged);
        LabelledCase[] Cases(IReadOnlyList<Visit> visits, bool withPageValue, double[]? weights = null) =>
        [
            .. visits.Select((visit, i) => new LabelledCase(
                Features(visit, codes, withPageValue), visit.HasBought, i, weights?[i] ?? 1)),
        ];
        var sections = new List<ReportSection>
        {
            TabularStudy.Section(
                "purchase in the visit, without PageValues",
                Cases(known, withPageValue: false, ages), Cases(judged, withPageValue: false), ("exit_rate", ExitRateColumn), seed),
        };
        if (isLeaking)
        {
            var leaking = TabularStudy.Section(
                "purchase in the visit, WITH PageValues (leaks the label)",
                Cases(known, withPageValue: true, ages), Cases(judged, withPageValue: true), ("exit_rate", ExitRateColumn), seed);
            var gain = leaking.Model["auc"] - sections[0].Model["auc"];
            sections.Add(leaking with
            {
                Claim = Claim.Refused(
                    $"PageValues is computed from finished purchases: its {gain:+0.000;-0.000} of AUC is the label leaking"),
            });
        }

        return new EvaluationReport("conversion", format, sections) { Split = split, TrainCases = known.Count };
    }

    /// <summary>
    /// What visits say changes from month to month: where later months are judged, older visits count less; one counts 1 on average.
    /// Null: all alike.
    /// </summary>
    private static double[]? Weights(IReadOnlyList<Visit> visits, IReadOnlyList<Visit> judged)
    {
        if (visits.Count == 0) return null;
        var last = visits.Max(visit => visit.Month);
        if (judged.All(visit => visit.Month <= last)) return null;
        double[] weights = [.. visits.Select(visit => Math.Pow(0.5, (last - visit.Month) / HalfLifeMonths))];
        var mean = weights.Average();
        return [.. weights.Select(weight => weight / mean)];
    }

    private static List<(int Column, int Code)> Codes(IReadOnlyList<Visit> visits) =>
    [
        .. Enumerable.Range(0, visits.Count == 0 ? 0 : visits[0].Codes.Length).SelectMany(column => visits
            .GroupBy(visit => visit.Codes[column])
            .Where(group => group.Count() >= CodeCasesMin)
            .OrderBy(group => group.Key)
            .Select(group => (column, group.Key))),
    ];

    private static double[] Features(Visit visit, List<(int Column, int Code)> codes, bool withPageValue)
    {
        var n = visit.Numbers;
        var pages = n[0] + n[2] + n[4];
        var seconds = n[1] + n[3] + n[5];
        return
        [
            .. n,
            pages, seconds, seconds / (pages + 1), n[5] / (n[4] + 1), n[1] / (n[0] + 1),
            n[7] - n[6], n[4] * n[7], n[4] / (pages + 1),
            visit.IsReturning ? 1 : 0, visit.IsWeekend ? 1 : 0,
            .. codes.Select(code => visit.Codes[code.Column] == code.Code ? 1.0 : 0.0),
            .. withPageValue ? new[] { visit.PageValue } : [],
        ];
    }
}
