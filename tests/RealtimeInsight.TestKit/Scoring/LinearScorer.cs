using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference;

namespace RealtimeInsight.TestKit.Scoring;

/// <summary>
/// A small deterministic model: the same arithmetic for a step and for a fold, row by row, so that results do not depend on batches.
/// </summary>
public sealed class LinearScorer : IScorer
{
    private long _rows;

    /// <summary>The model that serves; null for none.</summary>
    public ModelIdentity? Model { get; set; } = new("linear", "1", new string('a', 64), 7);

    /// <summary>While set, runs end with this outcome.</summary>
    public ScoreOutcome Outcome { get; set; } = ScoreOutcome.Scored;

    /// <summary>Rows stepped and sequences folded.</summary>
    public long Rows => Volatile.Read(ref _rows);

    public IModelLease Lease() => new LinearLease(this, Model);

    public ValueTask<ScoreReply> ScoreAsync(ScoreRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var state = request.StateIn.ToArray();
        Move(state, request.Token.Span, request.Ids.Span);
        return ValueTask.FromResult(new ScoreReply(ScoreOutcome.Scored, Heads(state, request.Profile.Span), state, Model));
    }

    private static void Move(Span<float> state, ReadOnlySpan<float> token, ReadOnlySpan<long> ids)
    {
        for (var i = 0; i < state.Length; i++)
        {
            state[i] = (0.75f * state[i]) + (0.25f * token[i % token.Length]) + ((ids[i % ids.Length] % 17) * 0.01f);
        }
    }

    private static HeadScores Heads(ReadOnlySpan<float> state, ReadOnlySpan<float> profile)
    {
        float first = 0f, second = 0f, third = 0f;
        for (var i = 0; i < state.Length; i++)
        {
            first += state[i] * ((i % 5) - 2);
            second += profile[i] * ((i % 3) - 1);
            third += (state[i] - profile[i]) * ((i % 7) - 3);
        }

        return new HeadScores(Squash(first), Squash(second), Squash(third));
    }

    private static float Squash(float value) => 1f / (1f + MathF.Exp(-value));

    private sealed class LinearLease(LinearScorer owner, ModelIdentity? model) : IModelLease
    {
        public ModelIdentity? Model => model;

        public ScoreOutcome Step(ScoreBatch batch)
        {
            if (owner.Outcome != ScoreOutcome.Scored) return owner.Outcome;
            for (var row = 0; row < batch.Rows; row++)
            {
                batch.StateInRow(row).CopyTo(batch.StateOutRow(row));
                Move(batch.StateOutRow(row), batch.TokenRow(row), batch.IdRow(row));
                var scores = Heads(batch.StateOutRow(row), batch.ProfileRow(row));
                (batch.Churn[row], batch.Abandonment[row], batch.Purchase[row]) = (scores.Churn, scores.Abandonment, scores.Purchase);
            }

            Interlocked.Add(ref owner._rows, batch.Rows);
            return ScoreOutcome.Scored;
        }

        public ScoreOutcome Fold(FoldRequest request)
        {
            if (owner.Outcome != ScoreOutcome.Scored) return owner.Outcome;
            request.StateIn.CopyTo(request.StateOut, 0);
            for (var i = 0; i < request.Length; i++)
            {
                Move(
                    request.StateOut,
                    request.Tokens.AsSpan(i * ModelContract.TokenFeatures, ModelContract.TokenFeatures),
                    request.Ids.AsSpan(i * ModelContract.TokenIds, ModelContract.TokenIds));
            }

            request.Scores = Heads(request.StateOut, request.Profile);
            Interlocked.Increment(ref owner._rows);
            return ScoreOutcome.Scored;
        }

        public void Dispose()
        {
        }
    }
}
