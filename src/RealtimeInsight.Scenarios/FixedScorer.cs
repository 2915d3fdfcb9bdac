using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference;

namespace RealtimeInsight.Scenarios;

/// <summary>A model that gives everybody the same scores, which may be changed on the way.</summary>
internal sealed class FixedScorer : IScorer, IModelLease
{
    public HeadScores Scores { get; set; } = new(0.5f, 0.5f, 0.5f);

    public ModelIdentity? Model { get; } = new("scenario", "1", new string('0', 64), 1);

    public IModelLease Lease() => this;

    public ValueTask<ScoreReply> ScoreAsync(ScoreRequest request, TimeSpan timeout, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ScoreReply(ScoreOutcome.Scored, Scores, new float[ModelContract.StateWidth], Model));

    public ScoreOutcome Step(ScoreBatch batch)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            batch.StateOutRow(row).Clear();
            (batch.Churn[row], batch.Abandonment[row], batch.Purchase[row]) = (Scores.Churn, Scores.Abandonment, Scores.Purchase);
        }

        return ScoreOutcome.Scored;
    }

    public ScoreOutcome Fold(FoldRequest request)
    {
        Array.Clear(request.StateOut);
        request.Scores = Scores;
        return ScoreOutcome.Scored;
    }

    public void Dispose()
    {
    }
}
