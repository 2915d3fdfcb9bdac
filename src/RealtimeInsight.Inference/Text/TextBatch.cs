namespace RealtimeInsight.Inference.Text;

/// <summary>
/// Texts of one run as an encoder takes them, row-major in pinned arrays: ids padded to <see cref="Length"/>. Owned by one caller at a
/// time; not thread-safe.
/// </summary>
public sealed class TextBatch
{
    /// <param name="rowsMax">Most texts of one run.</param>
    /// <param name="lengthMax">Most ids of a text.</param>
    /// <param name="labels">Outputs of a text.</param>
    public TextBatch(int rowsMax, int lengthMax, int labels)
    {
        (RowsMax, LengthMax, Labels) = (rowsMax, lengthMax, labels);
        InputIds = GC.AllocateArray<long>(rowsMax * lengthMax, pinned: true);
        AttentionMask = GC.AllocateArray<long>(rowsMax * lengthMax, pinned: true);
        TokenTypeIds = GC.AllocateArray<long>(rowsMax * lengthMax, pinned: true);
        Logits = GC.AllocateArray<float>(rowsMax * labels, pinned: true);
    }

    public int RowsMax { get; }

    public int LengthMax { get; }

    public int Labels { get; }

    /// <summary>Texts in use, 1 to <see cref="RowsMax"/>.</summary>
    public int Rows { get; private set; }

    /// <summary>Ids of each text, padding included; 1 to <see cref="LengthMax"/>.</summary>
    public int Length { get; private set; }

    public long[] InputIds { get; }

    /// <summary>1 for a piece, 0 for padding.</summary>
    public long[] AttentionMask { get; }

    /// <summary>All 0: there is one text a row.</summary>
    public long[] TokenTypeIds { get; }

    /// <summary>Written by the runner.</summary>
    public float[] Logits { get; }

    /// <summary>Begins a run of so many texts, all of them padding.</summary>
    public void Begin(int rows, int length, long paddingId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, RowsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LengthMax);
        (Rows, Length) = (rows, length);
        InputIds.AsSpan(0, rows * length).Fill(paddingId);
        AttentionMask.AsSpan(0, rows * length).Clear();
    }

    public void Put(int row, ReadOnlySpan<long> ids)
    {
        ids.CopyTo(InputIds.AsSpan(row * Length, Length));
        AttentionMask.AsSpan(row * Length, ids.Length).Fill(1);
    }

    public ReadOnlySpan<float> LogitsOf(int row) => Logits.AsSpan(row * Labels, Labels);
}
