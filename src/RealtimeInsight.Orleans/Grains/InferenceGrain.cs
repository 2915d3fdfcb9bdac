using Orleans.Concurrency;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Inference;
using RealtimeInsight.Orleans.Inference;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>
/// The door to a silo's inference pool: as many activations as callers need, on silos with a device where there are any, each on the pool
/// of its silo, which batches the rows of all callers.
/// </summary>
[StatelessWorker, Reentrant, DevicePlacement]
[GrainType("ri.inference")]
internal sealed class InferenceGrain(IScorer pool, DeviceSilos devices) : Grain, IInferenceGrain
{
    private const int RowsMax = 4096;
    private static readonly TimeSpan s_timeoutMax = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public async Task<ScoreRowsReply> ScoreAsync(ScoreRowsRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ContractVersion.Check(request.Version, "the score request");
        var timeout = TimeSpan.FromMilliseconds(request.TimeoutMs);
        if (request.Rows.Length > RowsMax || timeout <= TimeSpan.Zero || timeout > s_timeoutMax)
        {
            throw new ArgumentException(
                $"{request.Rows.Length} rows and a time-out of {timeout} were asked for, "
                + $"at most {RowsMax} rows and {s_timeoutMax} are allowed; "
                + "send smaller requests", nameof(request));
        }

        for (var i = 0; i < request.Rows.Length; i++) RequireLengths(request.Rows[i], i);

        // Placed before the cluster had told of what a silo with a device can do: the next call is placed anew.
        if (!devices.IsLocal && devices.HasOther) DeactivateOnIdle();
        var scores = request.Rows.Select(row => pool.ScoreAsync(
            new ScoreRequest(row.Token, row.Ids, row.Profile, row.StateIn), timeout, CancellationToken.None).AsTask());
        return new ScoreRowsReply([.. (await Task.WhenAll(scores)).Select(ReplyOf)]);
    }

    private static void RequireLengths(ScoreRow row, int index)
    {
        if (row.Token.Length == ModelContract.TokenFeatures && row.Ids.Length == ModelContract.TokenIds
            && row.Profile.Length == ModelContract.ProfileFeatures && row.StateIn.Length == ModelContract.StateWidth)
        {
            return;
        }

        throw new ArgumentException(
            $"row {index} has {row.Token.Length}, {row.Ids.Length}, {row.Profile.Length} and {row.StateIn.Length} values, "
            + $"the model contract wants {ModelContract.TokenFeatures}, {ModelContract.TokenIds}, "
            + $"{ModelContract.ProfileFeatures} and {ModelContract.StateWidth}; "
            + "make rows with the feature extractor of the same version");
    }

    private static ScoreRowReply ReplyOf(ScoreReply reply) => new(
        WireName(reply.Outcome),
        reply.Scores.Churn,
        reply.Scores.Abandonment,
        reply.Scores.Purchase,
        reply.StateOut.ToArray(),
        reply.Model?.Stamp ?? 0,
        reply.Model?.ToString());

    private static string WireName(ScoreOutcome outcome) => outcome switch
    {
        ScoreOutcome.Scored => "scored",
        ScoreOutcome.Rejected => "rejected",
        ScoreOutcome.TimedOut => "timed_out",
        ScoreOutcome.Cancelled => "cancelled",
        ScoreOutcome.Failed => "failed",
        ScoreOutcome.NoModel => "no_model",
        ScoreOutcome.OtherLanguage => "other_language",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "not a score outcome"),
    };
}
