using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Evaluate;

/// <summary>A file of the right format that holds next to nothing is an answer, not a failure of the program.</summary>
public sealed class TooLittleDataTests
{
    private const string Orders = "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID|1,22423,2,2011-01-03 10:00:00,1.5,7";
    private const string Clicks = "timestamp_unix_s,user_id,session_id,event_type,item_id,category_id|1,u,s,view,3,4";
    private const string People = "recency,history,mens,womens,zip_code,newbie,channel,segment,visit,conversion,spend";
    private const string Visits =
        "Administrative,Administrative_Duration,Informational,Informational_Duration,ProductRelated,ProductRelated_Duration,BounceRates,"
        + "ExitRates,PageValues,SpecialDay,Month,OperatingSystems,Browser,Region,TrafficType,VisitorType,Weekend,Revenue";

    [Theory]
    [InlineData("clv", "cdnow", "1 1 19970101 2 29.33|1 1 19970118 2 29.73|1 1 19970802 1 14.96", "has no maximum")]
    [InlineData("clv", "cdnow", "1 1 19970101 1 9.00|1 1 19970109 1 9.00|2 2 19970102 1 9.00|2 2 19970131 1 9.00", "at least 3 are needed")]
    [InlineData("clv", "cdnow", "1 1 19970101 1 10.00|2 2 19970102 1 9.00", "no customer bought twice")]
    [InlineData("uplift", "hillstrom", People, "'No E-Mail' is missing")]
    [InlineData("conversion", "online_shoppers", Visits, "0 months of visits")]
    [InlineData("demand", "online_retail", Orders, "0 full weeks, 0 of them known")]
    [InlineData("churn", "online_retail", Orders, "90 days after it")]
    [InlineData("abandonment", "retailrocket", Clicks, "no session comes to the moment of decision")]
    public async Task Evaluate_NextToNothing_SaysWhatIsMissingAndAnswersTwo(string task, string format, string lines, string expected)
    {
        using var data = new DataFolder();
        var file = data.Write("tiny.csv", lines.Split('|'));

        var run = await RunAsync(task, format, file, file);

        Assert.True(run.ExitCode == ExitCodes.Usage, run.Error);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_VisitsToJudgeButNoneToLearnFrom_SaysHowManyAreNeeded()
    {
        using var data = new DataFolder();
        var visit = string.Join(',', [.. Enumerable.Repeat("1", 10), "Sep", "1", "1", "1", "1", "New_Visitor", "FALSE", "TRUE"]);

        var run = await RunAsync("conversion", "online_shoppers", data.Write("none.csv", Visits), data.Write("one.csv", Visits, visit));

        Assert.True(run.ExitCode == ExitCodes.Usage, run.Error);
        Assert.Contains("at least 10 of each class are needed", run.Error, StringComparison.Ordinal);
    }

    private static Task<CliRun> RunAsync(string task, string format, string train, string test) => CliRun.OfAsync(
        static console => [EvaluateVerb.Create(console)], "evaluate", task, "--format", format, "--train", train, "--test", test);
}
