using System.Globalization;
using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.Lifetime;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>Tasks on the purchases of customers: lifetime value and churn.</summary>
internal static class LifetimeTasks
{
    private const string Cdnow = "cdnow";
    private const string OnlineRetail = "online_retail";

    public static EvaluationTask Lifetime { get; } = new(
        "clv", "purchases, spend and churn of every customer after a cut (BG/NBD family)", [Cdnow],
        (request, progress) =>
        {
            var (train, test) = Load(request, progress);
            progress.Step("fitting the purchase models");
            return LifetimeStudy.Lifetime(request.Format, train, test, SingleCut(request), request.Seed);
        });

    public static EvaluationTask Churn { get; } = new(
        "churn", "customers without a purchase after a cut", [OnlineRetail, Cdnow],
        (request, progress) =>
        {
            if (request.Format == OnlineRetail) return RetailChurn(request, progress);
            var (train, test) = Load(request, progress);
            progress.Step("fitting the purchase models");
            return LifetimeStudy.Churn(request.Format, train, test, SingleCut(request), request.Seed);
        });

    private static EvaluationReport RetailChurn(EvaluationRequest request, EvaluationProgress progress)
    {
        progress.Step("reading orders");
        var train = ReadOrders(request.Train, "--train");
        var test = request.IsSameData ? null : ReadOrders(request.Test, "--test");
        return ChurnStudy.Run(request.Format, train, test, request.Cuts, request.Seed, progress.Step);
    }

    /// <summary>Lines of known customers; invoices that start with C are cancellations, prices of 0 or less are no purchases.</summary>
    private static List<ChurnStudy.Line> ReadOrders(IReadOnlyList<string> paths, string option)
    {
        string[] columns = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"];
        var lines = new List<ChurnStudy.Line>();
        foreach (var row in TableFile.Rows(paths, option, OnlineRetail, ",", columns))
        {
            if (row.Text("CustomerID").Length == 0) continue;
            var (invoice, price) = (row.Text("InvoiceNo"), row.Number("UnitPrice"));
            var isCancellation = invoice.StartsWith('C');
            if (!isCancellation && (price <= 0 || row.Number("Quantity") <= 0)) continue;
            lines.Add(new ChurnStudy.Line(
                (int)row.Whole("CustomerID"),
                invoice,
                DateOnly.FromDateTime(row.Time("InvoiceDate")),
                row.Text("StockCode"),
                row.Number("Quantity"),
                price * row.Number("Quantity"),
                isCancellation));
        }

        return lines;
    }

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
