using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine.Port;

/// <summary>
/// The engine behind every intake and every reader; the embedded engine and the Orleans cluster implement it. Thread-safe.
/// </summary>
public interface ICustomerEngine
{
    /// <summary>
    /// Applies a batch and returns when it is durable: every accepted event, decision and reject of it is committed. Waits while
    /// the engine's queues are full (back-pressure). Events of one customer are applied in event-time order.
    /// </summary>
    /// <exception cref="EngineUnavailableException">
    /// The engine is stopping, or its store cannot commit; nothing was acknowledged.
    /// </exception>
    ValueTask<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// What is known of one customer now; null when the engine has never seen the id. An id that was merged answers with the customer that
    /// it belongs to.
    /// </summary>
    ValueTask<CustomerInsight?> GetInsightAsync(CustomerId customer, CancellationToken cancellationToken);

    /// <summary>The newest events and decisions of one customer, newest first; null when the id is unknown.</summary>
    /// <param name="limit">Most entries, 1 to 1,000.</param>
    ValueTask<IReadOnlyList<TimelineEntry>?> GetTimelineAsync(CustomerId customer, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the history of <paramref name="from"/> part of the customer's, with carts, deadlines and decisions, and what is sent under
    /// that id from now on. Returns when it is durable.
    /// </summary>
    ValueTask<MergeResult> MergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken);

    /// <summary>
    /// Takes out of the customer what was sent as <paramref name="from"/>, before and since the two were merged, and makes it a customer of
    /// its own again. Decisions that were made stay on record. Returns when it is durable.
    /// </summary>
    ValueTask<MergeResult> UnmergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets a customer with all ids that were merged into it: state, events, decisions, actions, also those on their way to be sent, and
    /// rejects that name it. What happened up to now is not taken again. Of an id that never became a customer the rejects go. Returns when
    /// nothing is left; null when nothing is known of the id, and no reject names it.
    /// </summary>
    /// <exception cref="EngineUnavailableException">
    /// Nothing was erased; or it is finished at the next start, in a cluster when it is asked for again.
    /// </exception>
    ValueTask<ErasureResult?> EraseAsync(CustomerId customer, CancellationToken cancellationToken) =>
        throw new EngineUnavailableException("this engine does not erase over this interface");

    /// <summary>One decision by its id, with everything that went in; null when unknown.</summary>
    ValueTask<DecisionView?> GetDecisionAsync(string decisionId, CancellationToken cancellationToken);

    /// <summary>Dead letters and endpoints.</summary>
    /// <exception cref="EngineUnavailableException">The engine is not running.</exception>
    IDeliveryControl Delivery { get; }

    /// <summary>What was not accepted.</summary>
    /// <exception cref="EngineUnavailableException">The engine is not running.</exception>
    IRejectControl Rejects { get; }

    /// <summary>What one of a customer's scores is made of; null when the id is unknown.</summary>
    /// <exception cref="EngineUnavailableException">No model can score the customer, or this engine does not explain.</exception>
    ValueTask<ScoreExplanation?> ExplainAsync(CustomerId customer, ScoreHead head, CancellationToken cancellationToken) =>
        throw new EngineUnavailableException("this engine does not explain scores");

    /// <summary>
    /// What a score was made of when it was decided, from the customer's history in the log; null when the decision is unknown, or its
    /// history is too long to replay or holds that of another visitor.
    /// </summary>
    /// <exception cref="EngineUnavailableException">No model can score the customer, or this engine does not explain.</exception>
    ValueTask<ScoreExplanation?> ExplainDecisionAsync(string decisionId, ScoreHead head, CancellationToken cancellationToken) =>
        throw new EngineUnavailableException("this engine does not explain scores");

    /// <summary>Customers with an open cart or recent session, most at risk first.</summary>
    ValueTask<IReadOnlyList<CustomerAtRisk>> GetAtRiskAsync(int limit, CancellationToken cancellationToken);

    /// <summary>What the models' scores turned out to be worth, and how far the traffic is from their training data; about a
    /// millisecond.</summary>
    /// <exception cref="EngineUnavailableException">The engine is not running, or does not watch its models.</exception>
    ModelWatch GetModelWatch() => throw new EngineUnavailableException("this engine does not watch its models");

    /// <summary>Counters since start and gauges now; cheap.</summary>
    EngineStatus GetStatus();

    /// <summary>
    /// Live notices (session, cart and decision changes) from now on. A reader that is too slow loses the oldest, counted.
    /// </summary>
    IAsyncEnumerable<EngineNotice> SubscribeAsync(CancellationToken cancellationToken);
}
