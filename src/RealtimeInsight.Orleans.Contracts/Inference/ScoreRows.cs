namespace RealtimeInsight.Orleans.Contracts.Inference;

/// <summary>Rows for the model; lengths are those of the Domain's <c>ModelContract</c>.</summary>
/// <param name="TimeoutMs">Longest wait in the pool's queue.</param>
[GenerateSerializer, Immutable, Alias("ri.score-rows-request")]
public sealed record ScoreRowsRequest(
    [property: Id(0)] int Version, [property: Id(1)] ScoreRow[] Rows, [property: Id(2)] int TimeoutMs);

/// <summary>One event of one customer, as the model takes it.</summary>
[GenerateSerializer, Immutable, Alias("ri.score-row")]
public sealed record ScoreRow(
    [property: Id(0)] float[] Token,
    [property: Id(1)] long[] Ids,
    [property: Id(2)] float[] Profile,
    [property: Id(3)] float[] StateIn);

[GenerateSerializer, Immutable, Alias("ri.score-rows-reply")]
public sealed record ScoreRowsReply([property: Id(0)] ScoreRowReply[] Rows);

/// <summary>How one row was settled; heads and state are empty unless scored.</summary>
/// <param name="Outcome">scored, rejected, timed_out, cancelled, failed or no_model.</param>
/// <param name="ModelStamp">First 32 bits of the digest of the model that made it; 0 without one.</param>
[GenerateSerializer, Immutable, Alias("ri.score-row-reply")]
public sealed record ScoreRowReply(
    [property: Id(0)] string Outcome,
    [property: Id(1)] float Churn,
    [property: Id(2)] float Abandonment,
    [property: Id(3)] float Purchase,
    [property: Id(4)] float[] StateOut,
    [property: Id(5)] uint ModelStamp,
    [property: Id(6)] string? Model);
