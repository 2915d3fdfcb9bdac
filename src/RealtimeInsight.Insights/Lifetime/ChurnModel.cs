using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Lifetime;

/// <summary>
/// Who stays away, from models of several outcome lengths. A shorter outcome is known for later cuts, so its model has learned from
/// more, and more recent, cases with a longer history; the order of customers is nearly the same for all of them. The mean of their log
/// odds is calibrated to the outcome that is asked for, on customers that were not learned from. What a customer buys says as much as a
/// better count would: its place among the shop's products stands beside the counts.
/// </summary>
internal sealed class ChurnModel
{
    private const int Folds = 4;
    private const int TrainStepDays = 10;
    private const int HistoryDaysMin = 40;
    private const double Ridge = 30;
    private const double CalibrationRidge = 1;
    private const double ProbabilityMin = 1e-6;

    /// <summary>Axes of what was bought, beside what the counts say.</summary>
    private const int ProductAxes = 8;

    private static readonly int[] OutcomeDays = [30, 45, 60, ChurnStudy.OutcomeDays];

    private static readonly BoostingSettings Settings = new()
    {
        Trees = 120, LearningRate = 0.04, LeavesMax = 4, LeafCasesMin = 60, Ridge = 20, RowShare = 0.7, FeatureShare = 0.4,
    };

    private readonly List<Member> _members;
    private readonly LogisticRegression _calibration;

    private ChurnModel(List<Member> members, LogisticRegression calibration)
    {
        _members = members;
        _calibration = calibration;
    }

    /// <summary>Earlier cuts whose outcome of the given length was known on the day of the cut, the earliest first.</summary>
    public static List<DateOnly> TrainCuts(DateOnly first, DateOnly cut, int days)
    {
        var cuts = new List<DateOnly>();
        for (var day = cut.AddDays(-days); day >= first.AddDays(HistoryDaysMin); day = day.AddDays(-TrainStepDays)) cuts.Add(day);
        cuts.Reverse();
        if (cuts.Count == 0 && cut.AddDays(-days) > first) cuts.Add(cut.AddDays(-days));
        return cuts;
    }

    /// <summary>Probabilities for the active customers at the cut, in the order of their cases.</summary>
    public static double[] Predict(ChurnCases cases, DateOnly first, DateOnly cut, int seed)
    {
        // Whoever is active on the day of the cut, known by what was bought up to then: no outcome enters the axes.
        var space = ProductSpace.Learn(cases.BasketsAt(cut), ProductAxes, seed);
        var places = new Dictionary<DateOnly, double[][]>();
        LabelledCase[] At(DateOnly day, int days)
        {
            if (!places.TryGetValue(day, out var found)) places.Add(day, found = [.. cases.BasketsAt(day).Select(space.Place)]);
            return [.. cases.At(day, days).Select((known, i) => known with { Features = [.. known.Features, .. found[i]] })];
        }

        var earlier = OutcomeDays
            .Select(days => (Days: days, Known: (LabelledCase[])[.. TrainCuts(first, cut, days).SelectMany(day => At(day, days))]))
            .ToList();
        var judged = TrainCuts(first, cut, ChurnStudy.OutcomeDays)
            .Select(day => OutcomeDays.Select(days => At(day, days)).ToArray())
            .ToList();
        return Fit(earlier, judged, seed).Probabilities([.. OutcomeDays.Select(days => At(cut, days))]);
    }

    private static ChurnModel Fit(List<(int Days, LabelledCase[] Known)> earlier, List<LabelledCase[][]> judged, int seed)
    {
        var (scores, labels) = (new List<double[]>(), new List<bool>());
        for (var fold = 0; fold < Folds; fold++)
        {
            var members = earlier.ConvertAll(set => Member.Fit([.. set.Known.Where(known => FoldOf(known.Group) != fold)], seed));
            foreach (var views in judged)
            {
                for (var i = 0; i < views[^1].Length; i++)
                {
                    if (FoldOf(views[^1][i].Group) != fold) continue;
                    scores.Add([Score(members, views, i)]);
                    labels.Add(views[^1][i].Label);
                }
            }
        }

        return new ChurnModel(
            earlier.ConvertAll(set => Member.Fit(set.Known, seed)), LogisticRegression.Fit(scores, labels, CalibrationRidge));
    }

    private double[] Probabilities(LabelledCase[][] views) =>
        [.. Enumerable.Range(0, views[0].Length).Select(i => _calibration.Predict([Score(_members, views, i)]))];

    /// <summary>Each member sees the customer as its own outcome length has it.</summary>
    private static double Score(List<Member> members, LabelledCase[][] views, int customer) =>
        members.Select((member, i) => member.LogOdds(views[i][customer].Features)).Average();

    /// <summary>All cases of a customer fall into one fold.</summary>
    private static int FoldOf(int customer) => (int)((uint)customer * 2654435761u >> 16) % Folds;

    private sealed record Member(LogisticRegression Linear, GradientBoostedTrees Trees)
    {
        public static Member Fit(LabelledCase[] known, int seed)
        {
            double[][] rows = [.. known.Select(example => example.Features)];
            bool[] labels = [.. known.Select(example => example.Label)];
            return new Member(
                LogisticRegression.Fit([.. rows.Select(TabularModel.Damped)], labels, Ridge),
                GradientBoostedTrees.FitLogistic(rows, labels, Settings, seed));
        }

        public double LogOdds(double[] row)
        {
            var linear = Math.Clamp(Linear.Predict(TabularModel.Damped(row)), ProbabilityMin, 1 - ProbabilityMin);
            return (Math.Log(linear / (1 - linear)) + Trees.Score(row)) / 2;
        }
    }
}
