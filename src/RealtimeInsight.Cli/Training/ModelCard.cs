using System.Globalization;
using System.Text;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Cli.Training;

/// <summary>
/// What a version was taught, how it was judged and what it does not know, for those who decide whether it serves: <c>card.md</c> beside
/// the graphs.
/// </summary>
internal static class ModelCard
{
    public const string FileName = "card.md";

    public static string Write(
        string version, TrainingReport report, IReadOnlyList<ServedEvaluation.Head> served, double difference, string command)
    {
        var card = new StringBuilder();
        card.AppendLine(CultureInfo.InvariantCulture, $"# Model card: {version}").AppendLine();
        card.AppendLine("""
            Recurrent model of one customer's events with three heads (churn, abandonment, purchase) and a ranking of the next product.
            It scores the customers of a shop like the one it was taught by. Its probabilities are for decisions about messages and
            offers, not about credit, prices or rights.

            """);
        Sources(card, report);
        Served(card, served, difference);
        Scorers(card, report);
        FineTuning(card, report);
        Settings(card, report);
        Limits(card, report);
        card.AppendLine("## Reproduce").AppendLine().AppendLine(CultureInfo.InvariantCulture, $"    {command}");
        return card.ToString();
    }

    private static void Sources(StringBuilder card, TrainingReport report)
    {
        card.AppendLine("## Data").AppendLine();
        card.AppendLine("| source | licence | events | customers | from | to |").AppendLine("|---|---|---|---|---|---|");
        foreach (var source in report.Sources)
        {
            card.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {source.Name} | {source.Licence} | {source.Rows:N0} | {source.Customers:N0} | {source.From} | {source.To} |");
        }

        card.AppendLine();
        card.AppendLine("""
            Each source is cut by time: learned from up to half of its span, calibrated up to seven tenths, judged after that. An outcome
            counts in a part only if it was known when the part ended. Ten per cent of the customers are never learned from.

            """);
    }

    private static void Served(StringBuilder card, IReadOnlyList<ServedEvaluation.Head> served, double difference)
    {
        card.AppendLine("## Later events, through the serving pool").AppendLine();
        card.AppendLine("| source | head | n | AUC | 95 % interval | average precision | Brier | log loss | calibration error |");
        card.AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var head in served)
        {
            var s = head.Scores;
            var interval = head.Auc is { } auc ? $"{Figure(auc.Low)} to {Figure(auc.High)}" : "n is large";
            card.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {head.Source} | {head.Name} | {head.N:N0} | {Figure(s.Auc)} | {interval} | {Figure(s.AveragePrecision)} "
                + $"| {Figure(s.Brier)} | {Figure(s.LogLoss)} | {Figure(s.CalibrationError)} |");
        }

        card.AppendLine();
        card.AppendLine(
            CultureInfo.InvariantCulture, $"The served probabilities are the trained model's to {difference:G2}.").AppendLine();
    }

    private static void Scorers(StringBuilder card, TrainingReport report)
    {
        card.AppendLine("## Beside its challengers").AppendLine();
        card.AppendLine("""
            The same rows, splits and calibration for all. The best AUC of a head is bold; where that is not the model's, a
            simpler one would do.

            | source | head | scorer | n | base rate | AUC | Brier | log loss |
            |---|---|---|---|---|---|---|---|
            """);
        foreach (var group in report.Rows.GroupBy(row => (row.Source, row.Head)))
        {
            var count = group.Max(row => row.N);
            var best = group.Where(row => row.N == count).Max(row => row.Auc);
            foreach (var row in group)
            {
                var auc = row.Auc is { } value && row.N == count && value.Equals(best) ? $"**{Figure(value)}**" : Figure(row.Auc);
                card.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {row.Source} | {row.Head} | {row.Scorer} | {row.N:N0} | {Figure(row.BaseRate)} | {auc} | {Figure(row.Brier)} "
                    + $"| {Figure(row.LogLoss)} |");
            }
        }

        card.AppendLine();
        foreach (var found in report.NextItems)
        {
            card.AppendLine(
                CultureInfo.InvariantCulture,
                $"Next product on {found.Source}: in the first 20 of {found.Products:N0} in {Figure(found.HitAt20)} of {found.N:N0} events "
                + $"(the 20 most popular: {Figure(found.Popular)}).").AppendLine();
        }
    }

    private static void FineTuning(StringBuilder card, TrainingReport report)
    {
        if (report.FineTuning.Count == 0) return;
        card.AppendLine("## Each head alone").AppendLine();
        card.AppendLine("""
            After the common training all but the last layer was left as it is and every head learned its own outcome alone, to its own best
            pass. Loss on customers held out, within the training time, over that of knowing nothing but how often; a head was kept as
            tuned where it gained more than one standard error.

            | head | n | learned together | tuned alone | gain | standard error | kept |
            |---|---|---|---|---|---|---|
            """);
        foreach (var head in report.FineTuning)
        {
            card.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {head.Head} | {head.N:N0} | {head.Joint:F4} | {head.Tuned:F4} | {head.Joint - head.Tuned:+0.0000;-0.0000} "
                + $"| {(head.GainError is { } error ? error.ToString("F4", CultureInfo.InvariantCulture) : "-")} | {head.Kept} |");
        }

        card.AppendLine();
    }

    private static void Settings(StringBuilder card, TrainingReport report)
    {
        card.AppendLine("## Settings").AppendLine();
        card.AppendLine(CultureInfo.InvariantCulture, $"Seed {report.Seed}; {Text(report.Settings)}.");
        if (report.Pretraining.Count > 0)
        {
            card.AppendLine(
                CultureInfo.InvariantCulture,
                $"""

                Pre-trained on kind, time and product of the next event for {report.Pretraining.Count} passes; the weights of the best were
                kept (loss on customers held out {report.Pretraining[0]:F3} after the first, {report.Pretraining.Min():F3} at best).
                """);
        }

        if (report.Trials is { } trials)
        {
            card.AppendLine(
                CultureInfo.InvariantCulture,
                $"""

                Chosen from {trials.Results.Count} of {trials.Asked} trials by cross-validation in time within the first seven
                tenths (log loss over that of a constant rate, mean over folds and heads; the first trial is the defaults):

                """);
            card.AppendLine("| trial | loss | settings |").AppendLine("|---|---|---|");
            for (var i = 0; i < trials.Results.Count; i++)
            {
                var mark = i == trials.Best ? " *" : "";
                card.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {i + 1}{mark} | {trials.Results[i].Score:F4} | {Text(trials.Results[i].Settings)} |");
            }
        }

        card.AppendLine();
    }

    private static void Limits(StringBuilder card, TrainingReport report)
    {
        card.AppendLine("## Limits").AppendLine();
        foreach (var warning in report.Warnings) card.AppendLine(CultureInfo.InvariantCulture, $"* {warning}");
        foreach (var head in ModelHeads.All.Where(head => report.Rows.All(row => row.Head != head)))
        {
            card.AppendLine(CultureInfo.InvariantCulture, $"* {head}: no later event has a known outcome: it was not judged");
        }

        card.AppendLine("* It knows nothing of what has changed in the shop since the last event here: compare its live figures.");
        card.AppendLine();
    }

    private static string Text(TrainingChoice settings) => string.Create(
        CultureInfo.InvariantCulture,
        $"learning rate {settings.LearningRate}, at most {settings.Epochs} passes after {settings.PretrainEpochs} on the next event, "
        + $"then {settings.FinetuneEpochs} of each head alone, "
        + $"state dropout {settings.StateDropout}, "
        + $"ids hidden {settings.ForgetIds}, states forgotten {settings.ForgetState}, weight of the next item {settings.NextItemWeight}");

    private static string Figure(double? value) =>
        value is { } known && double.IsFinite(known) ? known.ToString("F3", CultureInfo.InvariantCulture) : "-";
}
