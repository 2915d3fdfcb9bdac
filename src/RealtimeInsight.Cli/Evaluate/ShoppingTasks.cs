using System.Globalization;
using RealtimeInsight.Insights.Learning;
using RealtimeInsight.Insights.Shopping;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>Tasks on what a session leads to: abandonment, purchase, conversion.</summary>
internal static class ShoppingTasks
{
    private const string RetailRocket = "retailrocket";
    private const string OnlineShoppers = "online_shoppers";

    public static EvaluationTask Abandonment { get; } = new(
        "abandonment", "carts that stay without a transaction, decided right after the first cart event", [RetailRocket],
        (request, progress) =>
        {
            var (train, test) = Load(request, progress);
            return SessionStudy.Abandonment(request.Format, train, test, request.Seed);
        });

    public static EvaluationTask Purchase { get; } = new(
        "purchase", "sessions that go on to buy, decided after the third event", [RetailRocket],
        (request, progress) =>
        {
            var (train, test) = Load(request, progress);
            return SessionStudy.Purchase(request.Format, train, test, request.Seed);
        });

    public static EvaluationTask Conversion { get; } = new(
        "conversion", "visits that end in a purchase, without PageValues, which gives the label away", [OnlineShoppers],
        (request, progress) =>
        {
            progress.Step("reading visits");
            var train = ReadVisits(request.Train, "--train");
            var test = request.IsSameData ? null : ReadVisits(request.Test, "--test");
            progress.Step("learning from earlier visits");
            return ConversionStudy.Run(request.Format, train, test, request.WithLeakingColumns, request.Seed);
        });

    private static (List<ShopEvent> Train, List<ShopEvent>? Test) Load(EvaluationRequest request, EvaluationProgress progress)
    {
        progress.Step("reading events");
        var train = ReadEvents(request.Train, "--train");
        var test = request.IsSameData ? null : ReadEvents(request.Test, "--test");
        progress.Step("learning from earlier sessions");
        return (train, test);
    }

    private static List<ShopEvent> ReadEvents(IReadOnlyList<string> paths, string option)
    {
        string[] columns = ["timestamp_unix_s", "user_id", "session_id", "event_type", "item_id", "category_id"];
        return
        [
            .. TableFile.Rows(paths, option, RetailRocket, ",", columns).Select(row => new ShopEvent(
                row.Number("timestamp_unix_s"),
                row.Text("user_id"),
                row.Text("session_id"),
                row.Text("event_type") switch
                {
                    "view" => ShopEventKind.View,
                    "addtocart" => ShopEventKind.AddToCart,
                    "transaction" => ShopEventKind.Transaction,
                    var other => throw CliException.Usage(
                        $"{option}: event_type '{other}' is not known: the format {RetailRocket} has view, addtocart, transaction"),
                },
                row.Text("item_id"),
                row.Text("category_id"))),
        ];
    }

    private static List<Visit> ReadVisits(IReadOnlyList<string> paths, string option)
    {
        string[] numbers =
        [
            "Administrative", "Administrative_Duration", "Informational", "Informational_Duration", "ProductRelated",
            "ProductRelated_Duration", "BounceRates", "ExitRates", "SpecialDay",
        ];
        string[] codes = ["OperatingSystems", "Browser", "Region", "TrafficType"];
        string[] others = ["PageValues", "Month", "VisitorType", "Weekend", "Revenue"];
        return
        [
            .. TableFile.Rows(paths, option, OnlineShoppers, ",", [.. numbers, .. codes, .. others]).Select(row => new Visit(
                MonthOf(row.Text("Month"), option),
                [.. numbers.Select(row.Number)],
                [.. codes.Select(code => (int)row.Whole(code))],
                row.Text("VisitorType") == "Returning_Visitor",
                row.Flag("Weekend"),
                row.Number("PageValues"),
                row.Flag("Revenue"))),
        ];
    }

    private static int MonthOf(string name, string option)
    {
        var months = CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames;
        var index = name.Length < 3 ? -1
            : Array.FindIndex(months, month => month.Length > 0 && name.StartsWith(month, StringComparison.Ordinal));
        return index >= 0 ? index + 1 : throw CliException.Usage($"{option}: Month '{name}' is not a month's English name");
    }
}
