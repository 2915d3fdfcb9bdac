using RealtimeInsight.Engine.Log;

namespace RealtimeInsight.Engine.Erasure;

/// <summary>Overwrites records in the body of a log row: headers stay, with the chain that leads to older ones.</summary>
internal static class WipedRow
{
    /// <param name="at">Offset of the chain's newest record in this row; afterwards of its next older one in another row, or -1.</param>
    /// <returns>How many records had a content.</returns>
    public static int Wipe(Span<byte> body, long firstOffset, ref long at)
    {
        var starts = new List<int>();
        for (var start = LogRecordReader.BodyHeaderLength; start < body.Length;)
        {
            starts.Add(start);
            _ = LogRecordReader.At(body[start..], out var length);
            start += length;
        }

        var count = 0;
        while (at >= firstOffset)
        {
            var start = starts[(int)(at - firstOffset)];
            var record = LogRecordReader.At(body[start..], out var length);
            at = record.Previous;
            if (record.Kind is RecordKind.Erased or RecordKind.Blank) continue;
            body[start + LogRecordReader.KindAt] = (byte)RecordKind.Blank;
            body.Slice(start + LogRecordReader.HeaderLength, length - LogRecordReader.HeaderLength).Clear();
            count++;
        }

        return count;
    }
}
