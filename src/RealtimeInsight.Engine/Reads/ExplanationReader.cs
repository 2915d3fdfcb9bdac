using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Explanation;

namespace RealtimeInsight.Engine.Reads;

/// <summary>Explains scores with the model that serves the customer, one at a time: others wait.</summary>
public sealed class ExplanationReader(IScorer scorer) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ScoreExplainer? _explainer;

    /// <summary>Does its work on the thread pool; about a millisecond.</summary>
    /// <exception cref="EngineUnavailableException">No model is loaded, or it cannot score this input.</exception>
    public async Task<ScoreExplanation> ReadAsync(ExplainedState state, ScoreHead head, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
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
            state.Customer.Value, state.DecisionId, ScoreHeads.WireName(head), serving.Model!.ToString(),
            state.AsOf, breakdown.Scores.Of(head), breakdown.Reference.Of(head), state.Served is { } served ? served.Of(head) : null,
            state.ServedModel, [.. contributions]);
    }
}
