using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Uplift;

/// <summary>Whether a model finds the customers whom an e-mail moves, and what policies built on it would earn.</summary>
public static class UpliftStudy
{
    public const string Control = "No E-Mail";
    public const string Mens = "Mens E-Mail";
    public const string Womens = "Womens E-Mail";

    /// <summary>Fewest test cases of two arms on which a ranking may be claimed to be better than chance.</summary>
    public const int CasesMin = 2000;

    private const int RandomRankings = 200;
    private const double Ridge = 20;
    private const double DeviationsMin = 2;

    /// <summary>Visit rates that the complete experiment of 64,000 people is published with.</summary>
    private static readonly (string Arm, double VisitRate)[] Published = [(Control, 0.10617), (Mens, 0.18276), (Womens, 0.15140)];

    /// <summary>Womens mail on visits first, then mens mail, then policies over all three arms.</summary>
    public static EvaluationReport Run(string format, IReadOnlyList<ExperimentCase> train, IReadOnlyList<ExperimentCase> test, int seed)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        foreach (var arm in new[] { Control, Mens, Womens })
        {
            if (train.Any(person => person.Arm == arm) && test.Any(person => person.Arm == arm)) continue;
            throw new EvaluationException($"the arm '{arm}' is missing in train or test: all three arms of the experiment are needed");
        }

        var womens = Fit(train, Womens);
        var mens = Fit(train, Mens);
        return new EvaluationReport("uplift", format,
            [Ranking(womens, test, Womens, seed), Ranking(mens, test, Mens, seed), Policies(womens, mens, train, test, seed)])
        {
            Split = "train and test are different people of the same randomised experiment",
            TrainCases = train.Count,
            Warnings = [.. FactWarnings(train, test)],
        };
    }

    private static UpliftModel Fit(IReadOnlyList<ExperimentCase> people, string arm)
    {
        var used = people.Where(person => person.Arm == arm || person.Arm == Control).ToList();
        return UpliftModel.Fit(
            [.. used.Select(person => person.Features)],
            [.. used.Select(person => person.Arm == arm)],
            [.. used.Select(person => person.Visit)],
            Ridge);
    }

    private static ReportSection Ranking(UpliftModel model, IReadOnlyList<ExperimentCase> test, string arm, int seed)
    {
        var people = test.Where(person => person.Arm == arm || person.Arm == Control).ToList();
        bool[] treated = [.. people.Select(person => person.Arm == arm)];
        double[] visits = [.. people.Select(person => person.Visit ? 1.0 : 0.0)];
        var (mean, deviation) = QiniCurve.Random(treated, visits, RandomRankings, seed);
        ModelResult Scored(string name, bool isBaseline, Func<ExperimentCase, double> score)
        {
            double[] scores = [.. people.Select(score)];
            var qini = QiniCurve.Coefficient(scores, treated, visits);
            var (low, high) = QiniCurve.Interval(scores, treated, visits, seed);
            return new ModelResult(name, isBaseline,
                [new MetricValue("qini", qini, low, high), new MetricValue("deviations", (qini - mean) / deviation)]);
        }

        var ours = Scored("interaction_logistic", isBaseline: false, person => model.Effect(person.Features));
        var effect = people.Where(person => person.Arm == arm).Average(person => person.Visit ? 1.0 : 0.0)
            - people.Where(person => person.Arm == Control).Average(person => person.Visit ? 1.0 : 0.0);
        return new ReportSection(
            $"{arm} against {Control}: visits",
            people.Count,
            visits.Average(),
            [
                ours,
                Scored("visit_probability", isBaseline: true, person => model.Untreated(person.Features)),
                new ModelResult("random_rankings", IsBaseline: true, [new MetricValue("qini", mean), new MetricValue("deviations", 0)]),
            ],
            Judge(ours, people.Count))
        {
            Facts = [new MetricValue("average_effect", effect), new MetricValue("random_qini_sd", deviation),
                new MetricValue("random_rankings", RandomRankings)],
        };
    }

    private static Claim Judge(ModelResult ours, int cases)
    {
        // Where every ranking gives the same, as where nobody visited, there is no spread to measure by.
        var spread = double.IsFinite(ours["deviations"])
            ? $"{ours["deviations"]:0.0} standard deviations of random rankings above their mean"
            : "random rankings all give the same";
        var figures = $"Qini {ours["qini"]:0.00000}, {spread}";
        if (cases < CasesMin) return Claim.Refused(
            $"n is too small to claim anything: {cases} cases, at least {CasesMin} are needed ({figures})");
        return ours["deviations"] > DeviationsMin
            ? Claim.Made($"ranks better than chance: {figures}")
            : Claim.Refused($"not shown to rank better than chance: {figures}");
    }

    private static ReportSection Policies(
        UpliftModel womens, UpliftModel mens, IReadOnlyList<ExperimentCase> train, IReadOnlyList<ExperimentCase> test, int seed)
    {
        var shares = train.GroupBy(person => person.Arm).ToDictionary(arm => arm.Key, arm => arm.Count() / (double)train.Count);
        string Best(ExperimentCase person)
        {
            var (w, m) = (womens.Effect(person.Features), mens.Effect(person.Features));
            return Math.Max(w, m) <= 0 ? Control : w > m ? Womens : Mens;
        }

        (string Name, bool IsBaseline, double[] Weights, double[] Values) Method(
            string name, bool isBaseline, Func<ExperimentCase, string> policy)
        {
            double[] weights = [.. test.Select(person => policy(person) == person.Arm ? 1 / shares[person.Arm] : 0)];
            return (name, isBaseline, weights, [.. test.Select((person, i) => person.Visit ? weights[i] : 0)]);
        }

        (string Name, bool IsBaseline, double[] Weights, double[] Values)[] methods =
        [
            Method("best_predicted_arm", isBaseline: false, Best),
            Method("mens_to_all", isBaseline: true, _ => Mens),
            Method("womens_to_all", isBaseline: true, _ => Womens),
            Method("none", isBaseline: true, _ => Control),
        ];
        var results = methods.Select(method =>
        {
            var (low, high) = Bootstrap.OfMean(method.Values, seed);
            return new ModelResult(method.Name, method.IsBaseline,
                [new MetricValue("visit_rate", method.Values.Average(), low, high),
                    new MetricValue("effective_sample_size", EffectiveSampleSize(method.Weights))]);
        });
        var gains = test.Select((_, i) => methods[0].Values[i] - methods[1].Values[i]).ToList();
        var interval = Bootstrap.OfMean(gains, seed);
        var figures = $"visit rate {gains.Average():+0.0000;-0.0000} against mens_to_all "
            + $"(95 % interval {interval.Low:+0.0000;-0.0000} to {interval.High:+0.0000;-0.0000})";
        return new ReportSection(
            "policies over all arms: visit rate by inverse assignment probability",
            test.Count,
            test.Average(person => person.Visit ? 1.0 : 0.0),
            [.. results],
            interval.Low > 0 ? Claim.Made($"beats sending mens to all: {figures}")
                : Claim.Refused($"not shown to beat sending mens to all: {figures}"))
        {
            Facts = [.. Rates(train, "train"), .. Rates(test, "test")],
        };
    }

    /// <summary>(sum w)^2 / sum w^2: how many people of the policy's own the experiment is worth (Kish, 1965).</summary>
    private static double EffectiveSampleSize(double[] weights) =>
        weights.Sum() * weights.Sum() / weights.Sum(static weight => weight * weight);

    private static IEnumerable<MetricValue> Rates(IReadOnlyList<ExperimentCase> people, string part)
    {
        foreach (var arm in people.GroupBy(person => person.Arm).OrderBy(arm => arm.Key, StringComparer.Ordinal))
        {
            var name = arm.Key.Split(' ')[0].ToLowerInvariant();
            yield return new MetricValue($"{part}_{name}_n", arm.Count());
            yield return new MetricValue($"{part}_{name}_visit_rate", arm.Average(person => person.Visit ? 1.0 : 0.0));
            yield return new MetricValue($"{part}_{name}_conversion_rate", arm.Average(person => person.Conversion ? 1.0 : 0.0));
            yield return new MetricValue($"{part}_{name}_spend_mean", arm.Average(person => person.Spend));
        }
    }

    private static IEnumerable<string> FactWarnings(IReadOnlyList<ExperimentCase> train, IReadOnlyList<ExperimentCase> test)
    {
        var all = ReferenceEquals(train, test) ? train : [.. train, .. test];
        foreach (var (arm, published) in Published)
        {
            var people = all.Where(person => person.Arm == arm).ToList();
            var rate = people.Average(person => person.Visit ? 1.0 : 0.0);
            var error = Math.Sqrt(published * (1 - published) / people.Count);
            if (Math.Abs(rate - published) <= 3 * error) continue;
            yield return $"visit rate of '{arm}' is {rate:0.00000}, published {published:0.00000}: "
                + $"more than 3 standard errors ({error:0.00000}) apart";
        }
    }
}
