namespace RealtimeInsight.Insights.Shopping;

/// <summary>One finished visit of a shop, as a web analytics tool sums it up.</summary>
/// <param name="Month">1 to 12.</param>
/// <param name="Numbers">
/// Administrative, informational and product pages with their seconds, bounce rate, exit rate, closeness of a special day.
/// </param>
/// <param name="Codes">Operating system, browser, region, traffic type.</param>
/// <param name="PageValue">Computed from finished purchases: it gives the label away.</param>
public sealed record Visit(
    int Month, double[] Numbers, int[] Codes, bool IsReturning, bool IsWeekend, double PageValue, bool HasBought);
