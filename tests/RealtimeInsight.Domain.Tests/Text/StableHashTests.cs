using System.Globalization;
using System.Text;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Domain.Tests.Text;

public sealed class StableHashTests
{
    [Theory]
    [InlineData("", 0xef46db3751d8e999)]
    [InlineData("a", 0xd24ec4f1a98c6e5b)]
    [InlineData("as", 0x1c330fb2d66be179)]
    [InlineData("asd", 0x631c37ce72a97393)]
    [InlineData("asdf", 0x415872f599cea71e)]
    [InlineData("abc", 0x44bc2cf5ad770999)]
    [InlineData("xxhash", 0x32dd38952c4bc720)]
    [InlineData("Nobody inspects the spammish repetition", 0xfbcea83c8a378bf1)]
    [InlineData("Call me Ishmael. Some years ago--never mind how long precisely-", 0x02a2e85470d6fd96)]
    [InlineData("\u00e4\u00f6\u00fc\u6f22\u5b57\U0001F45F", 0x6e8f5f6ba943ac98)]
    public void Of_PublishedVectors_Agrees(string text, ulong hash)
    {
        Assert.Equal(hash, StableHash.Of(text));
        Assert.Equal(hash, StableHash.Of(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(hash, text.Length is > 0 and <= EventId.LengthMax ? EventId.Parse(text).StableHash : StableHash.Of(text));
    }

    [Fact]
    public void Of_EveryLengthAndSeed_AgreesWithTheReference()
    {
        var data = Enumerable.Range(0, 101).Select(static i => (byte)((i * 37) + 11)).ToArray();
        var lines = GoldenFile.Text("xxh64.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => line[0] != '#')
            .ToArray();
        Assert.Equal(404, lines.Length);
        foreach (var line in lines)
        {
            var words = line.Split(' ');
            var seed = ulong.Parse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var length = int.Parse(words[0], CultureInfo.InvariantCulture);
            Assert.Equal(words[2].TrimEnd('\r'), StableHash.Of(data.AsSpan(0, length), seed).ToString("x16"));
        }
    }

    [Fact]
    public void Of_LongText_IsTheHashOfItsBytes()
    {
        foreach (var length in new[] { 169, 170, 171, 1_000, 5_000 })
        {
            var text = new string('\u6f22', length);
            Assert.Equal(StableHash.Of(Encoding.UTF8.GetBytes(text)), StableHash.Of(text));
        }
    }

    [Fact]
    public void Of_TextUpTo169Characters_AllocatesNothing()
    {
        var text = new string('\u6f22', 169);
        Assert.Equal(0, Allocation.Least(() => _ = StableHash.Of(text)));
    }

    [Fact]
    public void Combine_IsTheHashOfBothInOrder()
    {
        var (first, second) = (StableHash.Of("ada"), StableHash.Of("2026"));
        Assert.Equal(0xafc5bbfc18944d37, StableHash.Combine(first, second));
        Assert.NotEqual(StableHash.Combine(first, second), StableHash.Combine(second, first));
        Assert.Equal(0.6866109362095625, DecisionMaker.HoldOutDraw(Make.Ada, "2026"), 15);
    }

    [Fact]
    public void Buckets_StayWithinTheirTables_AndNoneIsZero()
    {
        Assert.Equal(0, EntityHash.Bucket(EntityHash.Item(null), ModelContract.ItemBuckets));
        Assert.Equal(0, EntityHash.Bucket(EntityHash.Label(""), ModelContract.CategoryBuckets));
        Law.Holds(200, static seed =>
        {
            var name = $"name {seed}";
            Assert.NotEqual(0u, EntityHash.Item(name));
            Assert.NotEqual(0, EntityHash.Label(name));
            Assert.InRange(EntityHash.Bucket(EntityHash.Item(name), ModelContract.ItemBuckets), 1, ModelContract.ItemBuckets - 1);
            Assert.InRange(EntityHash.Bucket(EntityHash.Label(name), ModelContract.CategoryBuckets), 1, ModelContract.CategoryBuckets - 1);
            Assert.InRange(EntityHash.Bucket(EntityHash.Label(name), ModelContract.BrandBuckets), 1, ModelContract.BrandBuckets - 1);
        });
        Assert.InRange(EntityHash.Bucket(uint.MaxValue, ModelContract.ItemBuckets), 1, ModelContract.ItemBuckets - 1);
        Assert.Equal(1, EntityHash.Bucket(1, 2));
    }
}
