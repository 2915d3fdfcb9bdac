using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference;
using RealtimeInsight.Orleans.Grains;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>Scores a customer's newest event through the silo's pool, where it is batched with those of other customers.</summary>
internal static class ActorScorer
{
    /// <summary>Brings scores and recurrent state up to the newest event, or marks them degraded.</summary>
    public static async Task ScoreAsync(CustomerCore core, CustomerState state)
    {
        ModelIdentity? model;
        using (var lease = core.Scorer.Lease()) model = lease.Model;
        if (model is null)
        {
            state.MarkDegraded();
            return;
        }

        if (state.ModelStamp != model.Stamp && state.EventCount > 1)
        {
            FoldKept(core, state);
            return;
        }

        var reply = await core.Scorer.ScoreAsync(RequestOf(state), core.Options.ScoreTimeout, CancellationToken.None);
        if (reply.Outcome == ScoreOutcome.Scored && reply.Model?.Stamp == model.Stamp)
        {
            reply.StateOut.Span.CopyTo(state.Recurrent);
            state.SetScores(reply.Scores, model.Stamp, state.LastSeen);
        }
        else if (reply.Outcome == ScoreOutcome.Scored)
        {
            // The model changed between the look and the run: the recurrent state that went in was not of its making.
            FoldKept(core, state);
        }
        else
        {
            state.MarkDegraded();
        }
    }

    /// <summary>The model that made the state's scores; null when there is none or another serves now.</summary>
    public static string? ModelOf(CustomerCore core, CustomerState state)
    {
        using var lease = core.Scorer.Lease();
        return lease.Model is { } model && model.Stamp == state.ModelStamp ? model.ToString() : null;
    }

    /// <summary>For readers: what made the scores, and why the newest event would have none.</summary>
    public static ModelName NameOf(CustomerCore core, CustomerState state)
    {
        using var lease = core.Scorer.Lease();
        var name = lease.Model is { } model && model.Stamp == state.ModelStamp ? model.ToString() : core.Scorer.NameOf(state.ModelStamp);
        return new ModelName(
            name ?? lease.Model?.ToString() ?? "none",
            lease.Model is null ? "no model is loaded" : "the model could not score the newest event");
    }

    /// <summary>Makes the recurrent state anew from the kept last events.</summary>
    public static void FoldKept(CustomerCore core, CustomerState state)
    {
        var fold = new FoldRequest(CustomerOptions.LastEventsMaxLimit);
        fold.Length = FeatureExtractor.LastTokens(state, fold.Tokens, fold.Ids);
        Fold(core, state, fold);
    }

    /// <summary>Makes the recurrent state anew from a sequence that ends with the state's newest event.</summary>
    public static void Fold(CustomerCore core, CustomerState state, FoldRequest fold)
    {
        FeatureExtractor.Profile(state, state.LastSeen, fold.Profile);
        using var lease = core.Scorer.Lease();
        if (lease.Model is { } model && lease.Fold(fold) == ScoreOutcome.Scored)
        {
            fold.StateOut.CopyTo(state.Recurrent);
            state.SetScores(fold.Scores, model.Stamp, state.LastSeen);
        }
        else
        {
            state.MarkDegraded();
        }

        // A runner keeps native bindings with a request; this one is not used again.
        fold.RunnerState?.Dispose();
    }

    /// <summary>New arrays each time: after a time-out the pool may still read them.</summary>
    private static ScoreRequest RequestOf(CustomerState state)
    {
        var token = new float[ModelContract.TokenFeatures];
        var ids = new long[ModelContract.TokenIds];
        var profile = new float[ModelContract.ProfileFeatures];
        FeatureExtractor.Token(state, token, ids);
        FeatureExtractor.Profile(state, state.LastSeen, profile);
        return new ScoreRequest(token, ids, profile, state.Recurrent.ToArray());
    }
}
