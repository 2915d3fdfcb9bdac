namespace RealtimeInsight.Engine.Port;

/// <summary>What was removed of a customer.</summary>
/// <param name="Ids">Ids that were the customer's: its own and those merged into it; 0 where rejects alone named the id.</param>
/// <param name="Records">Log records whose content was overwritten.</param>
/// <param name="States">Saved states that were overwritten.</param>
/// <param name="Decisions">Decisions, with the bodies and attempts of their actions.</param>
/// <param name="Rejects">Kept rejects that named one of the ids.</param>
public sealed record ErasureResult(int Ids, int Records, int States, int Decisions, int Rejects);
