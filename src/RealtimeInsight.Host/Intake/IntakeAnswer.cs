namespace RealtimeInsight.Host.Intake;

/// <summary>The body of every answer of the intake.</summary>
/// <param name="Success">True with status 200.</param>
/// <param name="Accepted">Events applied and durable.</param>
/// <param name="Duplicates">Events whose message id was applied before; they changed nothing.</param>
/// <param name="Rejected">Items that were not accepted, in their order.</param>
public sealed record IntakeAnswer(bool Success, int Accepted, int Duplicates, IReadOnlyList<RejectedAnswer> Rejected);

/// <param name="Index">Position in the batch, from 0; 0 for a single call, -1 where the request as a whole is meant.</param>
/// <param name="Code">One of a closed set, see <see cref="RejectCodes"/>.</param>
/// <param name="Message">What, which value, which rule, what to do.</param>
public sealed record RejectedAnswer(int Index, string Code, string Message);
