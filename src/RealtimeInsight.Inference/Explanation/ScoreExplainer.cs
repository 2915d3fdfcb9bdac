using System.Numerics;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference.Explanation;

/// <summary>
/// Says what a probability is made of: exact Shapley values of the input's groups against the reference of <see cref="FeatureGroups"/>.
/// Every combination of groups is one row of one batch (1,024 rows) after one fold, so there is no sampling: the values add up to the
/// score less that of the reference, and the same input gives the same values. Reuses its buffers (1.5 MB); not thread-safe.
/// </summary>
public sealed class ScoreExplainer
{
    private static readonly int s_groups = FeatureGroups.Count;
    private static readonly double[] s_weights = Weights(s_groups);
    private readonly ScoreBatch _batch = new(1 << s_groups);
    private readonly FoldRequest _fold = new(CustomerOptions.LastEventsMaxLimit);

    /// <summary>Explains all heads at once; null when the model cannot score the input.</summary>
    public ScoreBreakdown? Explain(IModelLease lease, ExplainedInput input)
    {
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(input);
        if (!TryFoldHistory(lease, input)) return null;
        Fill(input);
        if (lease.Step(_batch) != ScoreOutcome.Scored) return null;
        var contributions = new double[ScoreHeads.Count][];
        float[][] heads = [_batch.Churn, _batch.Abandonment, _batch.Purchase];
        for (var head = 0; head < heads.Length; head++) contributions[head] = Shapley(heads[head]);
        return new ScoreBreakdown(_batch.Scores(_batch.Rows - 1), _batch.Scores(0), contributions);
    }

    /// <summary>Leaves the recurrent state before the newest event in the fold's output.</summary>
    private bool TryFoldHistory(IModelLease lease, ExplainedInput input)
    {
        Array.Clear(_fold.StateOut);
        _fold.Length = input.Length - 1;
        if (_fold.Length == 0) return true;
        input.Tokens.AsSpan(0, _fold.Length * ModelContract.TokenFeatures).CopyTo(_fold.Tokens);
        input.Ids.AsSpan(0, _fold.Length * ModelContract.TokenIds).CopyTo(_fold.Ids);
        input.Profile.CopyTo(_fold.Profile, 0);
        Array.Clear(_fold.StateIn);
        return lease.Fold(_fold) == ScoreOutcome.Scored;
    }

    /// <summary>Row number = the set of groups that have the customer's values; the others have the reference's.</summary>
    private void Fill(ExplainedInput input)
    {
        Span<float> referenceToken = stackalloc float[ModelContract.TokenFeatures];
        Span<long> referenceIds = stackalloc long[ModelContract.TokenIds];
        FeatureGroups.WriteReference(referenceToken, referenceIds);
        var newest = input.Length - 1;
        var token = input.Tokens.AsSpan(newest * ModelContract.TokenFeatures, ModelContract.TokenFeatures);
        var ids = input.Ids.AsSpan(newest * ModelContract.TokenIds, ModelContract.TokenIds);
        var groups = FeatureGroups.OfProfile;
        _batch.Rows = _batch.RowsMax;
        for (var row = 0; row < _batch.Rows; row++)
        {
            var hasEvent = (row & (1 << FeatureGroups.NewestEvent)) != 0;
            (hasEvent ? token : referenceToken).CopyTo(_batch.TokenRow(row));
            (hasEvent ? ids : referenceIds).CopyTo(_batch.IdRow(row));
            if ((row & (1 << FeatureGroups.History)) != 0) _fold.StateOut.CopyTo(_batch.StateInRow(row));
            else _batch.StateInRow(row).Clear();
            var profile = _batch.ProfileRow(row);
            for (var i = 0; i < profile.Length; i++) profile[i] = (row & (1 << groups[i])) != 0 ? input.Profile[i] : 0f;
        }
    }

    private static double[] Shapley(ReadOnlySpan<float> values)
    {
        var contributions = new double[s_groups];
        for (var group = 0; group < s_groups; group++)
        {
            var bit = 1 << group;
            for (var set = 0; set < values.Length; set++)
            {
                if ((set & bit) != 0) continue;
                contributions[group] += s_weights[BitOperations.PopCount((uint)set)] * ((double)values[set | bit] - values[set]);
            }
        }

        return contributions;
    }

    /// <summary>By the size of the set that a group joins: size! (groups - size - 1)! / groups!</summary>
    private static double[] Weights(int groups)
    {
        var weights = new double[groups];
        for (var size = 0; size < groups; size++)
        {
            // 1 / (groups * (groups - 1 over size)), without large factorials.
            var ways = 1d;
            for (var i = 1; i <= size; i++) ways = ways * (groups - i) / i;
            weights[size] = 1 / (groups * ways);
        }

        return weights;
    }
}

/// <param name="Scores">Of the input; equal to the served ones while the kept events are all there are.</param>
/// <param name="Reference">Of the reference.</param>
/// <param name="Contributions">By head, then by group: <paramref name="Scores"/> less <paramref name="Reference"/> in sum.</param>
public sealed record ScoreBreakdown(HeadScores Scores, HeadScores Reference, double[][] Contributions);
