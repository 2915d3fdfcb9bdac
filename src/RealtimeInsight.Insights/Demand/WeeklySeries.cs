namespace RealtimeInsight.Insights.Demand;

/// <summary>Units of one product sold week by week.</summary>
/// <param name="Known">Weeks before the forecast, the oldest first.</param>
/// <param name="Later">The weeks to forecast.</param>
/// <param name="Orders">What the order lines of the known weeks tell beyond units; null where only units are known.</param>
public sealed record WeeklySeries(string Product, double[] Known, double[] Later, WeeklyOrders? Orders = null)
{
    /// <summary>The known weeks as a past to learn from and to forecast from.</summary>
    public WeeklyPast Past => new(Known, Orders);
}

/// <summary>Of each known week: order lines, money taken, and the largest line's units.</summary>
public sealed record WeeklyOrders(double[] Lines, double[] Money, double[] Largest)
{
    internal WeeklyOrders Until(int weeks) => new(Lines[..weeks], Money[..weeks], Largest[..weeks]);
}

/// <summary>What is known of one product at one moment.</summary>
public sealed record WeeklyPast(double[] Units, WeeklyOrders? Orders = null)
{
    internal WeeklyPast Until(int weeks) => new(Units[..weeks], Orders?.Until(weeks));
}
