using RealtimeInsight.Cli.Decisions;
using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.OffPolicy;
using RealtimeInsight.Insights.Uplift;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>Tasks on data where chance chose the action: uplift and off-policy evaluation.</summary>
internal static class ExperimentTasks
{
    private const string Hillstrom = "hillstrom";
    private const string OpenBandit = "open_bandit";

    public static EvaluationTask Uplift { get; } = new(
        "uplift", "whom an e-mail moves, and what policies on it would earn", [Hillstrom],
        (request, progress) =>
        {
            progress.Step("reading the experiment");
            var train = ReadHillstrom(request.Train, "--train");
            var test = request.IsSameData ? train : ReadHillstrom(request.Test, "--test");
            var warnings = new List<string>();
            if (request.IsSameData)
            {
                var halves = train.ToLookup(HalvesOf(train.Count, request.Seed));
                (train, test) = ([.. halves[0]], [.. halves[1]]);
                warnings.Add("train and test are the same files: trained on a random half, judged on the other");
            }

            progress.Step("fitting uplift models and drawing random rankings");
            var report = UpliftStudy.Run(request.Format, train, test, request.Seed);
            return report with { Warnings = [.. warnings, .. report.Warnings] };
        });

    public static EvaluationTask OffPolicy { get; } = new(
        "ope", "what another choice would have earned, from a log of drawn choices", [OpenBandit, DecisionColumns.Format],
        (request, progress) =>
        {
            if (request.Format == DecisionColumns.Format) return Decisions(request, progress);
            progress.Step("reading the logs");
            var log = ReadOpenBandit(request.Train, "--train");
            var truth = ReadOpenBandit(request.Test, "--test");
            progress.Step("estimating the policy value");
            return OffPolicyStudy.Run(request.Format, log, truth, request.Seed);
        });

    private static EvaluationReport Decisions(EvaluationRequest request, EvaluationProgress progress)
    {
        progress.Step("reading the decisions");
        var train = DecisionColumns.Read(request.Train, "--train");
        var test = request.IsSameData ? null : DecisionColumns.Read(request.Test, "--test");
        progress.Step("learning a choice and valuing it");
        return VariantStudy.Run(request.Format, train, test, request.Seed);
    }

    /// <summary>Assigns half of the cases to each side; for one pass over them in order.</summary>
    private static Func<ExperimentCase, int> HalvesOf(int cases, int seed)
    {
        var sides = Enumerable.Range(0, cases).Select(i => i % 2).ToArray();
        new Random(seed).Shuffle(sides);
        var next = 0;
        return _ => sides[next++];
    }

    private static List<ExperimentCase> ReadHillstrom(IReadOnlyList<string> paths, string option)
    {
        string[] columns = ["recency", "history", "mens", "womens", "zip_code", "newbie", "channel", "segment", "visit", "conversion",
            "spend"];
        return
        [
            .. TableFile.Rows(paths, option, Hillstrom, ",", columns).Select(row =>
            {
                var (mens, womens, newbie) = (row.Number("mens"), row.Number("womens"), row.Number("newbie"));
                double[] features =
                [
                    row.Number("recency"), Math.Log(1 + row.Number("history")), mens, womens, mens * womens, newbie,
                    row.Text("zip_code") == "Rural" ? 1 : 0,
                    row.Text("zip_code") is "Suburban" or "Surburban" ? 1 : 0,
                    row.Text("channel") == "Web" ? 1 : 0,
                    row.Text("channel") == "Phone" ? 1 : 0,
                ];
                return new ExperimentCase(features, row.Text("segment"), row.Flag("visit"), row.Flag("conversion"), row.Number("spend"));
            }),
        ];
    }

    private static List<LoggedAction> ReadOpenBandit(IReadOnlyList<string> paths, string option) =>
    [
        .. TableFile.Rows(paths, option, OpenBandit, ",", "item_id", "position", "click", "propensity_score").Select(row =>
            new LoggedAction((int)row.Whole("item_id"), (int)row.Whole("position"), row.Number("click"), row.Number("propensity_score"))),
    ];
}
