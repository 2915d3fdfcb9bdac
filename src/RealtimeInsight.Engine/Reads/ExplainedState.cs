using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Inference.Explanation;

namespace RealtimeInsight.Engine.Reads;

/// <summary>What is to be explained: taken as it is where the customer lives, then as the model saw it.</summary>
/// <param name="Newest">Offset of the customer's newest record, where there is a log.</param>
/// <param name="Served">The scores that were served or decided on; null without any.</param>
public sealed record ExplainedState(
    CustomerId Customer, long Newest, Instant AsOf, ExplainedInput Input, HeadScores? Served, string? ServedModel)
{
    public string? DecisionId { get; private init; }

    /// <summary>Null before the first event.</summary>
    /// <param name="servedModel">What made the state's scores.</param>
    public static ExplainedState? Of(CustomerState state, string? servedModel)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (ExplainedInput.Of(state) is not { } input) return null;
        return new ExplainedState(
            state.Id, state.LastOffset, state.LastSeen, input, state.ScoredAt.HasValue ? state.Scores : null, servedModel);
    }

    internal static ExplainedState? Of(Shard shard, CustomerState state) => Of(state, shard.ModelName(state.ModelStamp));

    /// <summary>With the input of a replayed state; as it is where the history cannot be replayed.</summary>
    public ExplainedState As(CustomerState? scored) => scored is not null && ExplainedInput.Of(scored) is { } input
        ? this with { AsOf = scored.LastSeen, Input = input } : this;

    /// <summary>With the scores that a decision was made on.</summary>
    public ExplainedState With(string decisionId, JsonNode record) => this with
    {
        DecisionId = decisionId,
        ServedModel = (string?)record["model"],
        Served = record["scores"] is JsonObject scores
            ? new HeadScores((float)scores["churn"]!, (float)scores["abandonment"]!, (float)scores["purchase"]!)
            : null,
    };
}
