namespace RealtimeInsight.Domain.Scoring;

/// <summary>Calibrated probabilities of the three heads, each in [0,1].</summary>
/// <param name="Churn">P(no activity within the churn horizon, 30 days unless the model says otherwise).</param>
/// <param name="Abandonment">P(the open cart is not converted within its horizon); meaningful only while a cart is open.</param>
/// <param name="Purchase">P(an order within the next 24 hours).</param>
public readonly record struct HeadScores(float Churn, float Abandonment, float Purchase);
