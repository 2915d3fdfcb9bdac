using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference.Tests.Fakes;

/// <summary>Inputs within the contract, by seed.</summary>
public static class TestInputs
{
    private static readonly int[] s_buckets =
        [ModelContract.KindBuckets, ModelContract.CategoryBuckets, ModelContract.BrandBuckets, ModelContract.ItemBuckets];

    public static ScoreBatch Batch(int seed, int rows, int? rowsMax = null)
    {
        var random = new Random(seed);
        var batch = new ScoreBatch(rowsMax ?? rows) { Rows = rows };
        Fill(random, batch.Tokens);
        Fill(random, batch.Profile);
        Fill(random, batch.StateIn);
        FillIds(random, batch.Ids);
        return batch;
    }

    public static FoldRequest Sequence(int seed, int length, int lengthMax = 32)
    {
        var random = new Random(seed);
        var request = new FoldRequest(lengthMax) { Length = length };
        Fill(random, request.Tokens);
        Fill(random, request.Profile);
        Fill(random, request.StateIn);
        FillIds(random, request.Ids);
        return request;
    }

    public static ScoreRequest Request(int seed = 1, ScorePriority priority = ScorePriority.Normal)
    {
        var batch = Batch(seed, rows: 1);
        return new ScoreRequest(batch.Tokens, batch.Ids, batch.Profile, batch.StateIn, priority);
    }

    /// <summary>Makes row <paramref name="to"/> of one batch the same as a row of another.</summary>
    public static void CopyRow(ScoreBatch source, int from, ScoreBatch target, int to)
    {
        source.TokenRow(from).CopyTo(target.TokenRow(to));
        source.IdRow(from).CopyTo(target.IdRow(to));
        source.ProfileRow(from).CopyTo(target.ProfileRow(to));
        source.StateInRow(from).CopyTo(target.StateInRow(to));
    }

    private static void Fill(Random random, Span<float> values)
    {
        foreach (ref var value in values)
        {
            value = (random.NextSingle() * 2) - 1;
        }
    }

    private static void FillIds(Random random, Span<long> ids)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = random.Next(s_buckets[i % s_buckets.Length]);
        }
    }
}
