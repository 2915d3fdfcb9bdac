namespace RealtimeInsight.Insights.Lifetime;

/// <summary>One purchase of one customer on one day.</summary>
/// <param name="Customer">The customer's key in the data set.</param>
public readonly record struct Purchase(long Customer, DateOnly Day, double Amount);
