using System.Globalization;
using RealtimeInsight.Insights.Demand;
using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>Forecasts of weekly sales.</summary>
internal static class DemandTasks
{
    private const string OnlineRetail = "online_retail";
    private const string WeeklySales = "uci_weekly_sales";

    /// <summary>Products judged: those that sold in most of the known weeks.</summary>
    private const int ProductsMax = 500;

    private const int QuantityMax = 4999;
    private const int DigitsOfAStockCode = 5;
    private const int DaysPerWeek = 7;

    public static EvaluationTask Demand { get; } = new(
        "demand", "units of each product in the weeks to come", [OnlineRetail, WeeklySales],
        (request, progress) =>
        {
            progress.Step("reading sales");
            var (series, split) = request.Format == OnlineRetail ? Retail(request) : Weekly(request);
            return DemandStudy.Run(request.Format, series, split, request.Seed, progress.Step);
        });

    private static (List<WeeklySeries> Series, string Split) Retail(EvaluationRequest request)
    {
        var train = ReadLines(request.Train, "--train");
        var test = request.IsSameData ? [] : ReadLines(request.Test, "--test");
        if (train.Count == 0) throw CliException.Usage("--train: there is no order line to count");
        var start = train.Min(line => line.Day);
        int WeekOf(DateOnly day) => (day.DayNumber - start.DayNumber) / DaysPerWeek;
        // A week that the data ends in is not full: it is neither learned from nor judged.
        var trainWeeks = WeekOf(train.Max(line => line.Day).AddDays(1));
        var all = train.Concat(test).ToList();
        var weeks = WeekOf(all.Max(line => line.Day).AddDays(1));
        var known = request.IsSameData ? trainWeeks - DemandStudy.Horizon : trainWeeks;
        if (known < 1 || weeks <= known)
        {
            throw new EvaluationException(
                $"{Math.Max(0, weeks)} full weeks, {Math.Max(0, known)} of them known: too few to know some and to forecast up to "
                + $"{DemandStudy.Horizon}; give more weeks");
        }
        var end = Math.Min(weeks, known + DemandStudy.Horizon);
        var series = all.Where(line => WeekOf(line.Day) >= 0 && WeekOf(line.Day) < end)
            .GroupBy(line => line.Product)
            .Select(group =>
            {
                var units = new double[end];
                var orders = new WeeklyOrders(new double[known], new double[known], new double[known]);
                foreach (var line in group)
                {
                    var week = WeekOf(line.Day);
                    units[week] += line.Units;
                    if (week >= known) continue;
                    orders.Lines[week]++;
                    orders.Money[week] += line.Units * line.Price;
                    orders.Largest[week] = Math.Max(orders.Largest[week], line.Units);
                }

                return new WeeklySeries(group.Key, units[..known], units[known..], orders);
            })
            .Where(product => product.Known.Any(units => units > 0))
            .OrderByDescending(product => product.Known.Count(units => units > 0))
            .ThenByDescending(product => product.Known.Sum())
            .ThenBy(product => product.Product, StringComparer.Ordinal)
            .Take(ProductsMax)
            .ToList();
        return (series,
            $"{known} known weeks from {start:O}, then {end - known} weeks forecast at once; up to {ProductsMax} steady products");
    }

    private static List<(string Product, DateOnly Day, double Units, double Price)> ReadLines(IReadOnlyList<string> paths, string option)
    {
        var lines = new List<(string, DateOnly, double, double)>();
        string[] columns = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice"];
        foreach (var row in TableFile.Rows(paths, option, OnlineRetail, ",", columns))
        {
            var (product, units, price) = (row.Text("StockCode"), row.Number("Quantity"), row.Number("UnitPrice"));
            if (row.Text("InvoiceNo").StartsWith('C') || units is < 1 or > QuantityMax || price <= 0) continue;
            if (product.Length < DigitsOfAStockCode || !product.AsSpan(0, DigitsOfAStockCode).ContainsOnlyDigits()) continue;
            lines.Add((product, DateOnly.FromDateTime(row.Time("InvoiceDate")), units, price));
        }

        return lines;
    }

    private static (List<WeeklySeries> Series, string Split) Weekly(EvaluationRequest request)
    {
        var train = ReadWeeks(request.Train, "--train");
        var test = request.IsSameData ? train : ReadWeeks(request.Test, "--test");
        var trainLast = train.Values.SelectMany(weeks => weeks.Keys).Max();
        var testLast = test.Values.SelectMany(weeks => weeks.Keys).Max();
        var first = train.Values.SelectMany(weeks => weeks.Keys).Min();
        var border = testLast > trainLast ? trainLast : testLast - DemandStudy.Horizon;
        var end = Math.Min(testLast, border + DemandStudy.Horizon);
        if (border < first) throw new EvaluationException($"weeks {first} to {testLast}: too few to know some and forecast the rest");
        double[] Units(string product, int from, int to) => [.. Enumerable.Range(from, to - from + 1).Select(week =>
            train[product].TryGetValue(week, out var units) ? units : test[product].GetValueOrDefault(week))];
        var series = train.Keys.Where(test.ContainsKey).Order(StringComparer.Ordinal)
            .Select(product => new WeeklySeries(product, Units(product, first, border), Units(product, border + 1, end)))
            .ToList();
        return (series, $"weeks {first} to {border} known, weeks {border + 1} to {end} forecast at once");
    }

    private static Dictionary<string, Dictionary<int, double>> ReadWeeks(IReadOnlyList<string> paths, string option)
    {
        var products = new Dictionary<string, Dictionary<int, double>>(StringComparer.Ordinal);
        foreach (var file in paths.SelectMany(path => TableFile.Files(path, option)))
        {
            var weeks = TableFile.HeaderOf(file)
                .Select(name => (Name: name, Week: WeekOf(name)))
                .Where(column => column.Week >= 0)
                .ToList();
            if (weeks.Count == 0)
            {
                throw CliException.Usage($"{option} {file}: not in the format {WeeklySales}: there is no column W0, W1, ...");
            }
            foreach (var row in TableFile.Rows([file], option, WeeklySales, ",", "Product_Code"))
            {
                if (!products.TryGetValue(row.Text("Product_Code"), out var units)) products.Add(row.Text("Product_Code"), units = []);
                foreach (var (name, week) in weeks) units[week] = row.Number(name);
            }
        }

        return products.Count > 0 ? products : throw CliException.Usage($"{option}: there is no product");
    }

    private static int WeekOf(string column) =>
        column.StartsWith('W') && int.TryParse(column.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var week) ? week : -1;

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
