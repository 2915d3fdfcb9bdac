using System.Globalization;
using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.Lifetime;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>Tasks on the purchases of customers: lifetime value and churn.</summary>
internal static class LifetimeTasks
{
    private const string Cdnow = "cdnow";

    public static EvaluationTask Lifetime { get; } = new(
        "clv", "purchases, spend and churn of every customer after a cut (BG/NBD family)", [Cdnow],
        (request, progress) =>
        {
            var (train, test) = Load(request, progress);
            progress.Step("fitting the purchase models");
            return LifetimeStudy.Lifetime(request.Format, train, test, SingleCut(request), request.Seed);
        });

    public static EvaluationTask Churn { get; } = new(
        "churn", "customers without a purchase after a cut", [Cdnow],
        (request, progress) =>
        {
            var (train, test) = Load(request, progress);
            progress.Step("fitting the purchase models");
            return LifetimeStudy.Churn(request.Format, train, test, SingleCut(request), request.Seed);
        });

    private static (List<Purchase> Train, List<Purchase> Test) Load(EvaluationRequest request, EvaluationProgress progress)
    {
        progress.Step("reading purchases");
        var train = ReadCdnow(request.Train, "--train");
        return (train, request.IsSameData ? train : ReadCdnow(request.Test, "--test"));
    }

    private static DateOnly? SingleCut(EvaluationRequest request) => request.Cuts.Count switch
    {
        0 => null,
        1 => request.Cuts[0],
        _ => throw CliException.Usage($"--cuts names {request.Cuts.Count} days; with the format {Cdnow} give one"),
    };

    /// <summary>Lines of customer, customer within the sample (may be missing), day, number of discs, amount; without a header.</summary>
    private static List<Purchase> ReadCdnow(IReadOnlyList<string> paths, string option)
    {
        var purchases = new List<Purchase>();
        foreach (var file in paths.SelectMany(path => TableFile.Files(path, option)))
        {
            using var reader = new DataFile(file).Open();
            var lines = new LineReader(reader);
            while (lines.Read() is { } line)
            {
                var fields = line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length == 0) continue;
                if (fields.Length is 4 or 5
                    && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var customer)
                    && DateOnly.TryParseExact(fields[^3], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                    && double.TryParse(fields[^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var amount))
                {
                    purchases.Add(new Purchase(customer, day, amount));
                    continue;
                }

                throw CliException.Usage(
                    $"{option} {file} line {line.Number}: not in the format {Cdnow}: "
                    + "expected customer, day as yyyymmdd, quantity, amount between spaces");
            }
        }

        if (purchases.Count == 0) throw CliException.Usage($"{option} {string.Join(", ", paths)}: there is no purchase");
        return purchases;
    }
}
