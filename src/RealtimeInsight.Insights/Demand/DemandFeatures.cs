namespace RealtimeInsight.Insights.Demand;

/// <summary>What the trees see of a product's past, on the product's own scale; NaN where a source does not tell.</summary>
internal static class DemandFeatures
{
    private const int RecentWeeks = 8;
    private const int SeasonWeeks = 13;

    private static readonly double[] s_quantiles = [0.25, 0.5, 0.75, 0.9];

    public static double ScaleOf(double[] units) =>
        Math.Max(1, (Forecasters.MovingAverage(units, RecentWeeks) + Forecasters.MovingAverage(units, 26)) / 2);

    public static double[] Of(WeeklyPast past)
    {
        var units = past.Units;
        var scale = ScaleOf(units);
        var recent = Last(units, RecentWeeks);
        double[] season = [.. Last(units, SeasonWeeks).Order()];
        double[] sold = [.. units.Where(value => value > 0).Order()];
        var cap = Quantile([.. units.Order()], 0.9);
        double[] capped = [.. units.Select(value => Math.Min(value, cap))];
        return
        [
            .. Forecasters.All.Select(method => method.Forecast(units) / scale),
            Math.Log(scale),
            recent.Count(value => value <= 0) / (double)recent.Length,
            recent.Max() / scale,
            units.Length > 1 ? units[^2] / scale : double.NaN,
            units.Length > 2 ? units[^3] / scale : double.NaN,
            Forecasters.MovingAverage(capped, 4) / scale,
            Forecasters.MovingAverage(capped, RecentWeeks) / scale,
            .. s_quantiles.Select(share => Quantile(season, share) / scale),
            sold.Length / (double)units.Length,
            sold.Length == 0 ? 0 : Quantile(sold, 0.5) / scale,
            .. Orders(past, scale),
        ];
    }

    private static double[] Orders(WeeklyPast past, double scale)
    {
        if (past.Orders is not { } orders) return [.. Enumerable.Repeat(double.NaN, 8)];
        var (money, units) = (orders.Money, past.Units);
        var price = (money.Sum() + 0.01) / Math.Max(1, units.Sum());
        var recentPrice = (Last(money, RecentWeeks).Sum() + 0.01) / Math.Max(1, Last(units, RecentWeeks).Sum());
        var lines = Forecasters.MovingAverage(orders.Lines, RecentWeeks);
        return
        [
            Forecasters.MovingAverage(orders.Lines, 4),
            lines,
            orders.Lines[^1],
            Forecasters.MovingAverage(orders.Lines, 4) / Math.Max(0.5, Forecasters.MovingAverage(orders.Lines, SeasonWeeks)),
            recentPrice / price,
            Math.Log(price),
            Last(orders.Largest, RecentWeeks).Max() / scale,
            scale / Math.Max(0.5, lines),
        ];
    }

    private static double[] Last(double[] values, int weeks) => values[Math.Max(0, values.Length - weeks)..];

    private static double Quantile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
