using System.Numerics;
using System.Runtime.InteropServices;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference.Pool;

/// <summary>Checks of numbers against the model contract.</summary>
internal static class ContractCheck
{
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

    public static bool AreInputsFinite(ScoreBatch batch) =>
        AreFinite(batch.Tokens.AsSpan(0, batch.Rows * ModelContract.TokenFeatures))
        && AreFinite(batch.Profile.AsSpan(0, batch.Rows * ModelContract.ProfileFeatures))
        && AreFinite(batch.StateIn.AsSpan(0, batch.Rows * ModelContract.StateWidth));

    public static bool AreInputsFinite(FoldRequest request) =>
        AreFinite(request.Tokens.AsSpan(0, request.Length * ModelContract.TokenFeatures))
        && AreFinite(request.Profile)
        && AreFinite(request.StateIn);

    public static bool AreInputsFinite(ScoreRequest request) =>
        AreFinite(request.Token.Span) && AreFinite(request.Profile.Span) && AreFinite(request.StateIn.Span);

    /// <summary>A graph need not notice an id beyond its bucket: it may read another id's embedding and score happily.</summary>
    /// <param name="ids">Rows of <see cref="ModelContract.TokenIds"/>.</param>
    public static bool AreIdsInRange(ReadOnlySpan<long> ids)
    {
        while (!ids.IsEmpty)
        {
            if ((ulong)ids[0] >= ModelContract.KindBuckets || (ulong)ids[1] >= ModelContract.CategoryBuckets
                || (ulong)ids[2] >= ModelContract.BrandBuckets || (ulong)ids[3] >= ModelContract.ItemBuckets)
            {
                return false;
            }

            ids = ids[ModelContract.TokenIds..];
        }

        return true;
    }
}
