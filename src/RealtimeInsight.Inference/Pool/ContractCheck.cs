using System.Numerics;
using System.Runtime.InteropServices;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference.Pool;

/// <summary>Checks of numbers against the model contract.</summary>
internal static class ContractCheck
{
    private static readonly long[] s_buckets =
        [ModelContract.KindBuckets, ModelContract.CategoryBuckets, ModelContract.BrandBuckets, ModelContract.ItemBuckets];

    public static bool AreFinite(ReadOnlySpan<float> values)
    {
        // x - x is zero for every finite number and NaN for the others.
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (var vector in vectors)
        {
            if (!Vector.EqualsAll(vector - vector, Vector<float>.Zero))
            {
                return false;
            }
        }

        foreach (var value in values[(vectors.Length * Vector<float>.Count)..])
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Outputs of the rows in use.</summary>
    public static bool AreOutputsFinite(ScoreBatch batch) =>
        AreFinite(batch.StateOut.AsSpan(0, batch.Rows * ModelContract.StateWidth))
        && AreFinite(batch.ItemQuery.AsSpan(0, batch.Rows * ModelContract.ItemQueryWidth))
        && AreFinite(batch.Churn.AsSpan(0, batch.Rows))
        && AreFinite(batch.Abandonment.AsSpan(0, batch.Rows))
        && AreFinite(batch.Purchase.AsSpan(0, batch.Rows));

    public static bool AreOutputsFinite(FoldRequest request) =>
        AreFinite(request.StateOut) && AreFinite([request.Scores.Churn, request.Scores.Abandonment, request.Scores.Purchase]);

    public static bool AreValid(ScoreBatch batch) => AreValid(
        batch.Tokens.AsSpan(0, batch.Rows * ModelContract.TokenFeatures),
        batch.Ids.AsSpan(0, batch.Rows * ModelContract.TokenIds),
        batch.Profile.AsSpan(0, batch.Rows * ModelContract.ProfileFeatures),
        batch.StateIn.AsSpan(0, batch.Rows * ModelContract.StateWidth));

    public static bool AreValid(FoldRequest request) => AreValid(
        request.Tokens.AsSpan(0, request.Length * ModelContract.TokenFeatures),
        request.Ids.AsSpan(0, request.Length * ModelContract.TokenIds),
        request.Profile,
        request.StateIn);

    public static bool AreValid(ScoreRequest request) =>
        AreValid(request.Token.Span, request.Ids.Span, request.Profile.Span, request.StateIn.Span);

    private static bool AreValid(
        ReadOnlySpan<float> tokens, ReadOnlySpan<long> ids, ReadOnlySpan<float> profile, ReadOnlySpan<float> state) =>
        AreFinite(tokens) && AreFinite(profile) && AreFinite(state) && AreInRange(ids);

    private static bool AreInRange(ReadOnlySpan<long> ids)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            if ((ulong)ids[i] >= (ulong)s_buckets[i % ModelContract.TokenIds])
            {
                return false;
            }
        }

        return true;
    }
}
