using System.Numerics;

namespace RealtimeInsight.Inference.Runners;

/// <summary>
/// The row counts that runs are padded up to: powers of two and the batch's own maximum. A runner binds buffers once for each, and at
/// most half of a run is padding.
/// </summary>
public static class BatchSizes
{
    /// <summary>Number of sizes for a batch of at most <paramref name="rowsMax"/> rows.</summary>
    public static int Count(int rowsMax) => IndexOf(rowsMax) + 1;

    /// <summary>Index of the smallest size that holds <paramref name="rows"/>, 1 or more.</summary>
    public static int IndexOf(int rows) => BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)rows));

    public static int At(int index, int rowsMax) => Math.Min(1 << index, rowsMax);
}
