using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Explanation;

namespace RealtimeInsight.Engine.Reads;

/// <summary>What is to be explained: taken on the shard's thread as it is, then as the model saw it.</summary>
/// <param name="Newest">Offset of the customer's newest record.</param>
/// <param name="Served">The scores that were served or decided on; null without any.</param>
internal sealed record ExplainedState(
    CustomerId Customer, long Newest, Instant AsOf, ExplainedInput Input, HeadScores? Served, string? ServedModel)
{
    public string? DecisionId { get; private init; }

    /// <summary>Null before the first event.</summary>
    public static ExplainedState? Of(Shard shard, CustomerState state)
    {
        if (ExplainedInput.Of(state) is not { } input) return null;
        return new ExplainedState(
            state.Id, state.LastOffset, state.LastSeen, input, state.ScoredAt.HasValue ? state.Scores : null,
            shard.ModelName(state.ModelStamp));
    }

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

/// <summary>Explains scores with the model that serves the customer, one at a time: others wait.</summary>
internal sealed class ExplanationReader(IScorer scorer) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ScoreExplainer? _explainer;

    /// <exception cref="EngineUnavailableException">No model is loaded, or it cannot score this input.</exception>
    public async Task<ScoreExplanation> ReadAsync(ExplainedState state, ScoreHead head, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Explain(state, head), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private ScoreExplanation Explain(ExplainedState state, ScoreHead head)
    {
        using var lease = scorer.Lease();
        var serving = lease.Challenger is { Model: not null } challenger && lease.ChallengerShare.Has(state.Customer.StableHash)
            ? challenger : lease;
        var breakdown = serving.Model is null ? null : (_explainer ??= new ScoreExplainer()).Explain(serving, state.Input);
        if (breakdown is null) throw new EngineUnavailableException("no model can score this customer now; ask again later");
        var contributions = FeatureGroups.Names
            .Select((name, group) => new ScoreContribution(name, breakdown.Contributions[(int)head][group]))
            .OrderByDescending(static one => Math.Abs(one.Value)).ThenBy(static one => one.Group, StringComparer.Ordinal);
        return new ScoreExplanation(
            state.Customer.Value, state.DecisionId, JsonNamingPolicy.SnakeCaseLower.ConvertName(head.ToString()), serving.Model!.ToString(),
            state.AsOf, breakdown.Scores.Of(head), breakdown.Reference.Of(head), state.Served is { } served ? served.Of(head) : null,
            state.ServedModel, [.. contributions]);
    }
}
