namespace RealtimeInsight.Domain.Tests.Kit;

/// <summary>Breaks a record in every way that one byte or a cut can, and checks that a reader stands it.</summary>
internal static class Malformed
{
    private const long AllocatedBytesMax = 256 * 1024;

    /// <summary>Records up to this length meet every value of every byte, longer ones a few of each byte.</summary>
    private const int LengthForAllChanges = 400;

    public static void EveryCutIsRefused(byte[] record, Action<byte[]> read)
    {
        for (var length = 0; length < record.Length; length++)
        {
            var cut = record[..length];
            var refused = Assert.Throws<FormatException>(() => read(cut));
            Assert.StartsWith("malformed record at byte ", refused.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A changed byte gives a value or a <see cref="FormatException"/>, and never much memory.</summary>
    public static void EveryChangedByteIsStood(byte[] record, Action<byte[]> read)
    {
        for (var position = 0; position < record.Length; position++)
        {
            for (var change = 1; change < 256; change = record.Length < LengthForAllChanges ? change + 1 : (change * 2) + 1)
            {
                var broken = (byte[])record.Clone();
                broken[position] ^= (byte)change;
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    read(broken);
                }
                catch (FormatException)
                {
                    // Refused, as it should be.
                }

                var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(
                    allocated < AllocatedBytesMax, $"byte {position} changed by {change} makes the reader reserve {allocated} bytes");
            }
        }
    }

    /// <summary>Every length byte set to the largest number that a variable-length integer can say.</summary>
    public static void EveryHugeNumberIsStood(byte[] record, Action<byte[]> read)
    {
        byte[] huge = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
        byte[] large = [0xFF, 0xFF, 0xFF, 0x07];
        foreach (var number in new[] { huge, large })
        {
            for (var position = 1; position < record.Length; position++)
            {
                byte[] broken = [.. record[..position], .. number, .. record[(position + 1)..]];
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    read(broken);
                }
                catch (FormatException)
                {
                    // Refused, as it should be.
                }

                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocatedBytesMax);
            }
        }
    }
}
