namespace RealtimeInsight.Insights.Demand;

/// <summary>Units of one product sold week by week.</summary>
/// <param name="Known">Weeks before the forecast, the oldest first.</param>
/// <param name="Later">The weeks to forecast.</param>
public sealed record WeeklySeries(string Product, double[] Known, double[] Later);
