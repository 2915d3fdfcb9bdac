namespace RealtimeInsight.Cli.Bench;

/// <summary>
/// How the engine's cost grows: with the number of customers, with the length of their histories, and with the shards (each has a thread,
/// so that with one of them one processor computes). Every point has an engine of its own.
/// </summary>
internal static class EngineGrowth
{
    private const int HistoryCustomers = 200;
    private const int Runs = 3;
    private static readonly int[] s_customers = [10_000, 100_000, 1_000_000, 5_000_000];
    private static readonly int[] s_histories = [10, 1_000, 100_000];
    private static readonly int[] s_shards = [1, 2];

    /// <param name="measure">Measures a context of its own.</param>
    public static async Task RunAsync(BenchContext context, Func<BenchContext, Task> measure)
    {
        foreach (var customers in s_customers.Where(count => count <= context.Whole("customers")))
        {
            var point = await MeasureAsync(context, measure, ("customers", customers), ("history", 2)).ConfigureAwait(false);
            Add("by_customers", "customers", customers, point);
        }

        foreach (var history in s_histories)
        {
            var point = await MeasureAsync(context, measure, ("customers", HistoryCustomers), ("history", history)).ConfigureAwait(false);
            Add("by_history", "history", history, point);
        }

        foreach (var shards in s_shards)
        {
            var point = await MeasureAsync(context, measure, ("customers", s_customers[1]), ("history", 2), ("shards", shards))
                .ConfigureAwait(false);
            Add("by_shards", "shards", shards, point);
        }

        void Add(string table, string column, double value, BenchReport point) => context.Report.AddRow(
            table,
            (column, value),
            ("events_per_second", point.Median("events_per_second") ?? double.NaN),
            ("cpu_us_per_event", point.Median("cpu_us_per_event") ?? double.NaN),
            ("allocated_bytes_per_event", point.Median("allocated_bytes_per_event") ?? double.NaN));
    }

    private static async Task<BenchReport> MeasureAsync(
        BenchContext context, Func<BenchContext, Task> measure, params (string Option, double Value)[] replaced)
    {
        var point = new BenchReport(context.Report.Scenario);
        await measure(context.With(point, [.. replaced, (CommonOption.RunsName, Runs)])).ConfigureAwait(false);
        return point;
    }
}
