namespace RealtimeInsight.Host.Intake;

/// <summary>What a replay gave.</summary>
/// <param name="Outcome">accepted, duplicate (the event was there already), late, rejected (see the list).</param>
/// <param name="WasDone">True where an earlier replay had brought the item in: nothing was done now.</param>
public sealed record ReplayAnswer(
    long Id, string Outcome, bool WasDone, int Accepted, int Duplicates, IReadOnlyList<RejectedAnswer> Rejected)
{
    internal const string IsAccepted = "accepted";
    internal const string IsDuplicate = "duplicate";
    internal const string IsLate = "late";
    internal const string IsRejected = "rejected";
}
