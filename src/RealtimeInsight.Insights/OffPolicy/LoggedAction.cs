namespace RealtimeInsight.Insights.OffPolicy;

/// <summary>One logged decision of a policy whose probabilities are known.</summary>
/// <param name="Action">What was shown.</param>
/// <param name="Position">Where it was shown.</param>
/// <param name="Reward">What followed, for example a click as 1.</param>
/// <param name="Propensity">Probability with which the logging policy chose the action, in (0, 1].</param>
public readonly record struct LoggedAction(int Action, int Position, double Reward, double Propensity);
