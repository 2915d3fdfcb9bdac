namespace RealtimeInsight.Host.Intake;

/// <summary>
/// Why an item or a request is not accepted: a code of <see cref="RejectCodes"/> and what, which value, which rule, what to do.
/// </summary>
internal readonly record struct ItemProblem(string Code, string Message);
