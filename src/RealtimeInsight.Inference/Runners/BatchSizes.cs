namespace RealtimeInsight.Inference.Runners;

/// <summary>
/// The row counts that runs are padded up to, ascending; beyond the last, each is twice the one before. A batch's own maximum stands in for
/// what is larger. A runner binds buffers once for each. Immutable.
/// </summary>
public sealed class BatchSizes
{
    /// <summary>Most rows of a run.</summary>
    public const int RowsMax = 4096;

    /// <summary>Most sizes that can be named.</summary>
    public const int SizesMax = 64;

    private const int StepsOfOctave = 4;
    private const int FinestFrom = 16;
    private readonly int[] _rows;

    /// <param name="rows">1 to <see cref="SizesMax"/> row counts, ascending, each 1 to <see cref="RowsMax"/>.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public BatchSizes(IReadOnlyList<int> rows)
    {
        if (ProblemOf(rows) is { } problem) throw new ArgumentException(problem, nameof(rows));
        var all = new List<int>(rows);
        while (all[^1] < RowsMax) all.Add(Math.Min(all[^1] * 2, RowsMax));
        _rows = [.. all];
    }

    /// <summary>1, 2, 4 and so on: at most half of a run is padding.</summary>
    public static BatchSizes PowersOfTwo { get; } = new([1]);

    /// <summary>All sizes, up to <see cref="RowsMax"/>.</summary>
    public IReadOnlyList<int> Rows => _rows;

    /// <summary>
    /// Sizes worth trying for batches of at most <paramref name="rowsMax"/> rows: powers of two, from 16 on three more between two of them,
    /// and the maximum itself.
    /// </summary>
    public static BatchSizes Candidates(int rowsMax)
    {
        var rows = new List<int>();
        for (var power = 1; power < rowsMax; power *= 2)
        {
            var steps = power < FinestFrom ? 1 : StepsOfOctave;
            for (var step = 0; step < steps; step++)
            {
                var size = power + (power * step / steps);
                if (size < rowsMax) rows.Add(size);
            }
        }

        rows.Add(rowsMax);
        return new BatchSizes(rows);
    }

    /// <summary>What is wrong with a list of row counts; null when they can be used.</summary>
    public static string? ProblemOf(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count is 0 or > SizesMax) return $"has {rows.Count} sizes; it has to have 1 to {SizesMax}";
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i] is < 1 or > RowsMax) return $"has the size {rows[i]}; each has to be 1 to {RowsMax}";
            if (i > 0 && rows[i] <= rows[i - 1]) return $"has {rows[i]} after {rows[i - 1]}; the sizes have to ascend";
        }

        return null;
    }

    /// <summary>Number of sizes that a batch of at most <paramref name="rowsMax"/> rows uses.</summary>
    public int Count(int rowsMax) => IndexOf(rowsMax) + 1;

    /// <summary>Index of the smallest size that holds <paramref name="rows"/>, 1 to <see cref="RowsMax"/>.</summary>
    public int IndexOf(int rows)
    {
        var index = Array.BinarySearch(_rows, rows);
        return index < 0 ? ~index : index;
    }

    public int At(int index, int rowsMax) => Math.Min(_rows[index], rowsMax);
}
