using Orleans.CodeGeneration;
using Orleans.Concurrency;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Orleans.Contracts;

/// <summary>
/// One live customer. The key is the customer id as <c>CustomerId.Value</c> writes it: the shop's user id, or <c>anon:</c> and the
/// visitor id. Calls of one customer run one after the other. An id that was merged into another customer answers as that customer.
/// </summary>
[Alias("ri.customer"), Version(3)]
public interface ICustomerGrain : IGrainWithStringKey
{
    /// <summary>Applies events in the given order; each is scored and decided about before the next.</summary>
    /// <exception cref="ContractVersionException">The batch is of a version that the silo does not read.</exception>
    /// <exception cref="ArgumentException">The batch is too large, of another customer, or its offsets do not fit its events.</exception>
    [Alias("observe")]
    Task<ObserveReply> ObserveAsync(EventBatch batch);

    /// <summary>What is known now; null for a customer without events.</summary>
    [Alias("insight")]
    Task<InsightReply?> GetInsightAsync();

    /// <summary>The open cart and how likely it is to be left; null without an open cart.</summary>
    [Alias("cart-risk")]
    Task<CartRiskReply?> GetCartRiskAsync();

    /// <summary>An order service tells of an order; saved when it returns. A repeated order id has no effect.</summary>
    [Alias("order-placed")]
    Task<EventOutcome> OrderPlacedAsync(OrderPlaced order);

    /// <summary>Grants or withdraws consents; saved when it returns.</summary>
    [Alias("set-consent")]
    Task<EventOutcome> SetConsentAsync(ConsentChange change);

    /// <summary>
    /// Forgets the customer with all ids that were merged into it: state, decisions, actions not yet sent, and rejects that name it. Each
    /// id is its own again, and what happened up to now is not taken again. Returns when that is saved.
    /// </summary>
    [Alias("erase")]
    Task EraseAsync();

    /// <summary>
    /// Kept events, decisions, their outcomes and merges, newest first; empty for an unknown customer. All events while the customer's
    /// history is kept, else the last ones without their details.
    /// </summary>
    /// <param name="limit">Most entries, 1 to 1,000.</param>
    [Alias("timeline")]
    Task<TimelineItem[]> GetTimelineAsync(int limit);

    /// <summary>The full record of a kept decision; null when it is unknown or has been dropped for newer ones.</summary>
    [Alias("why")]
    Task<WhyReply?> WhyAsync(string decisionId);

    /// <summary>
    /// What one of the customer's scores is made of, or was when a decision was made; null for an unknown customer, and for a decision
    /// that is unknown or whose history is not kept or was merged with another since. Does not hold up the customer's other calls.
    /// </summary>
    /// <param name="head">churn, abandonment or purchase.</param>
    /// <param name="decisionId">Null for the score now.</param>
    [Alias("explain"), AlwaysInterleave]
    Task<ExplanationReply?> ExplainAsync(string head, string? decisionId);

    /// <summary>Saves what is not saved yet. A reader of an event stream calls it before it moves its checkpoint.</summary>
    [Alias("flush")]
    Task FlushAsync();

    /// <summary>
    /// Makes the history of another id part of this customer's, with carts, deadlines and decisions, and what is sent under that id from
    /// now on; saved when it returns. The key of either may be an id that was merged before.
    /// </summary>
    /// <param name="from">The other's key.</param>
    [Alias("merge"), AlwaysInterleave]
    Task<MergeReply> MergeAsync(string from);

    /// <summary>
    /// Takes out of this customer what was sent as <paramref name="from"/>, before and since the two were merged, and makes it a customer
    /// of its own again. Decisions that were made stay on record.
    /// </summary>
    [Alias("unmerge"), AlwaysInterleave]
    Task<MergeReply> UnmergeAsync(string from);
}
