using RealtimeInsight.Insights.Recommendation;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>Tasks on sessions of clicks.</summary>
internal static class SessionTasks
{
    private const string Rsc15 = "rsc15";
    private const string RetailRocket = "retailrocket";
    private const string Eshop2008 = "eshop2008";

    /// <summary>Share of the time span that becomes the test where train and test are the same files.</summary>
    private const double TestShare = 0.2;

    public static EvaluationTask NextItem { get; } = new(
        "next-item", "the next item of a running session, over all items", [Rsc15, RetailRocket, Eshop2008],
        (request, progress) =>
        {
            progress.Step("reading clicks");
            var train = Read(request.Train, request.Format, "--train");
            var test = request.IsSameData ? train : Read(request.Test, request.Format, "--test");
            if (request.IsSameData) (train, test) = SplitByTime(train);
            return NextItemStudy.Run(request.Format, train, test, request.Seed, progress.Time, progress.Step);
        });

    /// <summary>Sessions that start in the last part of the sessions are the test.</summary>
    private static (List<Click> Train, List<Click> Test) SplitByTime(List<Click> clicks)
    {
        var starts = clicks.GroupBy(click => click.Session).ToDictionary(group => group.Key, group => group.Min(click => click.Seconds));
        var times = starts.Values.Order().ToList();
        var border = times[(int)((times.Count - 1) * (1 - TestShare))];
        return ([.. clicks.Where(click => starts[click.Session] <= border)], [.. clicks.Where(click => starts[click.Session] > border)]);
    }

    private static List<Click> Read(IReadOnlyList<string> paths, string format, string option)
    {
        List<Click> clicks = format switch
        {
            Rsc15 =>
            [
                .. TableFile.Rows(paths, option, format, "\t", "SessionId", "ItemId", "Time").Select(row => new Click(
                    row.Text("SessionId"), row.Text("ItemId"), row.Has("CatId") ? row.Text("CatId") : "", row.Number("Time"))),
            ],
            RetailRocket =>
            [
                .. TableFile.Rows(paths, option, format, ",", "timestamp_unix_s", "session_id", "event_type", "item_id", "category_id")
                    .Where(row => row.Text("event_type") == "view")
                    .Select(row => new Click(
                        row.Text("session_id"), row.Text("item_id"), row.Text("category_id"), row.Number("timestamp_unix_s"))),
            ],
            _ =>
            [
                .. TableFile.Rows(
                        paths, option, format, ",",
                        "year", "month", "day", "order", "session_id", "page1_main_category", "page2_clothing_model")
                    .Select(row => new Click(
                        row.Text("session_id"),
                        row.Text("page2_clothing_model"),
                        row.Text("page1_main_category"),
                        SecondsOf(row))),
            ],
        };
        if (clicks.Count == 0) throw CliException.Usage($"{option} {string.Join(", ", paths)}: there is no click");
        return clicks;
    }

    /// <summary>The file has days only: the order within the session stands in for the time of day.</summary>
    private static double SecondsOf(TableRow row)
    {
        var (year, month, day) = ((int)row.Whole("year"), (int)row.Whole("month"), (int)row.Whole("day"));
        if (year is < 1 or > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            throw CliException.Usage($"{year}-{month}-{day} is not a day: check the columns year, month, day");
        }

        return (new DateOnly(year, month, day).DayNumber * 86_400.0) + row.Number("order");
    }
}
