using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference;

namespace RealtimeInsight.Orleans.Tests.Parts;

/// <summary>A small recurrent model in closed form: the same inputs give the same bits wherever it runs.</summary>
internal sealed class LinearScorer : IScorer
{
    public static ModelIdentity Identity { get; } = new("linear", "1", new string('a', 64), 0xAAAAAAAA);

    public IModelLease Lease() => new HeldModel();

    public ValueTask<ScoreReply> ScoreAsync(ScoreRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var state = new float[ModelContract.StateWidth];
        var scores = Step(request.Token.Span, request.Profile.Span, request.StateIn.Span, state);
        return new ValueTask<ScoreReply>(new ScoreReply(ScoreOutcome.Scored, scores, state, Identity));
    }

    public static HeadScores Step(ReadOnlySpan<float> token, ReadOnlySpan<float> profile, ReadOnlySpan<float> stateIn, Span<float> stateOut)
    {
        for (var i = 0; i < stateOut.Length; i++) stateOut[i] = (stateIn[i] * 0.75f) + (token[i % token.Length] * 0.25f);
        return new HeadScores(Sigmoid(stateOut[3] - profile[40]), Sigmoid(profile[55] + stateOut[1]), Sigmoid(stateOut[0] + profile[48]));
    }

    private static float Sigmoid(float value) => 1f / (1f + MathF.Exp(-value));

    private sealed class HeldModel : IModelLease
    {
        public ModelIdentity? Model => Identity;

        public ScoreOutcome Step(ScoreBatch batch) => throw new NotSupportedException("the grains score through the micro-batcher");

        public ScoreOutcome Fold(FoldRequest request)
        {
            var state = new float[ModelContract.StateWidth];
            for (var i = 0; i < request.Length; i++)
            {
                var token = request.Tokens.AsSpan(i * ModelContract.TokenFeatures, ModelContract.TokenFeatures);
                request.Scores = LinearScorer.Step(token, request.Profile, state.ToArray(), state);
            }

            state.CopyTo(request.StateOut, 0);
            return ScoreOutcome.Scored;
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
