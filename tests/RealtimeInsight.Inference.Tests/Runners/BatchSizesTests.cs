using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Tests.Runners;

public sealed class BatchSizesTests
{
    public static TheoryData<BatchSizes, int> Some => new()
    {
        { BatchSizes.PowersOfTwo, 1 },
        { BatchSizes.PowersOfTwo, 100 },
        { BatchSizes.PowersOfTwo, 4096 },
        { BatchSizes.Candidates(1), 1 },
        { BatchSizes.Candidates(100), 100 },
        { BatchSizes.Candidates(256), 300 },
        { BatchSizes.Candidates(4096), 4096 },
        { new BatchSizes([3, 20]), 128 },
        { new BatchSizes([4096]), 7 },
    };

    [Theory]
    [MemberData(nameof(Some))]
    public void EveryRowCount_HasTheSmallestSizeThatHoldsIt(BatchSizes sizes, int rowsMax)
    {
        for (var rows = 1; rows <= rowsMax; rows++)
        {
            var index = sizes.IndexOf(rows);
            Assert.InRange(index, 0, sizes.Count(rowsMax) - 1);
            Assert.InRange(sizes.At(index, rowsMax), rows, rowsMax);
            if (index > 0) Assert.InRange(sizes.At(index - 1, rowsMax), 1, rows - 1);
        }
    }

    [Fact]
    public void BeyondTheLast_EachIsTwiceTheOneBefore()
    {
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096], BatchSizes.PowersOfTwo.Rows);
        Assert.Equal([5, 300, 600, 1200, 2400, 4096], new BatchSizes([5, 300]).Rows);
    }

    [Fact]
    public void Candidates_UpToAMaximum_WasteLittleAndAreFew()
    {
        Assert.Equal([1, 2, 4, 8, 16, 20, 24, 28, 32, 40], BatchSizes.Candidates(40).Rows.TakeWhile(rows => rows <= 40));
        Assert.InRange(BatchSizes.Candidates(BatchSizes.RowsMax).Rows.Count, 1, BatchSizes.SizesMax);
    }

    [Theory]
    [InlineData]
    [InlineData(0)]
    [InlineData(4097)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    public void Make_FromWhatCannotBeUsed_Throws(params int[] rows) => Assert.Throws<ArgumentException>(() => new BatchSizes(rows));
}
