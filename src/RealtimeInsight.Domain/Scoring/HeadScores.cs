namespace RealtimeInsight.Domain.Scoring;

/// <summary>Calibrated probabilities of the three heads, each in [0,1].</summary>
/// <param name="Churn">P(no new session within the churn horizon, 30 days unless the model says otherwise).</param>
/// <param name="Abandonment">P(no order within the abandonment horizon, 24 hours); meaningful only while a cart is open.</param>
/// <param name="Purchase">P(an order within the next 24 hours).</param>
public readonly record struct HeadScores(float Churn, float Abandonment, float Purchase);
