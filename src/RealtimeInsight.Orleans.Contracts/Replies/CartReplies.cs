namespace RealtimeInsight.Orleans.Contracts.Replies;

/// <param name="State">open, at_risk, abandoned, recovered, converted or emptied.</param>
[GenerateSerializer, Immutable, Alias("ri.cart-reply")]
public sealed record CartReply(
    [property: Id(0)] int Number,
    [property: Id(1)] string? CartId,
    [property: Id(2)] string State,
    [property: Id(3)] DateTimeOffset OpenedAt,
    [property: Id(4)] DateTimeOffset ChangedAt,
    [property: Id(5)] decimal Value,
    [property: Id(6)] string? Currency,
    [property: Id(7)] CartLineReply[] Lines);

/// <param name="Price">Of one piece; null where unknown.</param>
[GenerateSerializer, Immutable, Alias("ri.cart-line-reply")]
public sealed record CartLineReply(
    [property: Id(0)] string ProductId, [property: Id(1)] int Quantity, [property: Id(2)] decimal? Price, [property: Id(3)] string? Name);

/// <summary>How likely the open cart is to be left.</summary>
/// <param name="State">open, at_risk or recovered.</param>
/// <param name="Abandonment">Probability; null before the first score.</param>
/// <param name="IsDegraded">True when the newest event was not scored.</param>
[GenerateSerializer, Immutable, Alias("ri.cart-risk-reply")]
public sealed record CartRiskReply(
    [property: Id(0)] string State,
    [property: Id(1)] decimal Value,
    [property: Id(2)] string? Currency,
    [property: Id(3)] float? Abandonment,
    [property: Id(4)] bool IsDegraded);
