using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Cli.Tests.Watching;

/// <summary>A model that gives everybody the same scores.</summary>
internal sealed class ConstantScorer(HeadScores scores) : IScorer, IModelLease
{
    public ModelIdentity? Model { get; } = new("behaviour", "1", new string('c', 64), 12);

    public ModelManifest? Manifest { get; init; }

    public IModelLease Lease() => this;

    public ScoreOutcome Step(ScoreBatch batch)
    {
        batch.Churn.AsSpan(0, batch.Rows).Fill(scores.Churn);
        batch.Abandonment.AsSpan(0, batch.Rows).Fill(scores.Abandonment);
        batch.Purchase.AsSpan(0, batch.Rows).Fill(scores.Purchase);
        return ScoreOutcome.Scored;
    }

    public ScoreOutcome Fold(FoldRequest request)
    {
        request.Scores = scores;
        return ScoreOutcome.Scored;
    }

    public ValueTask<ScoreReply> ScoreAsync(ScoreRequest request, TimeSpan timeout, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ScoreReply(ScoreOutcome.Scored, scores, new float[ModelContract.StateWidth], Model));

    public void Dispose()
    {
    }
}
