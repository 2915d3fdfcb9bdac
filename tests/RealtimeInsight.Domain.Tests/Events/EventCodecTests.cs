using System.Buffers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Domain.Tests.Events;

public sealed class EventCodecTests
{
    /// <summary>Every field set.</summary>
    private static readonly CustomerEvent Full = new()
    {
        Id = EventId.Parse("msg-1"),
        Kind = EventKind.OrderCompleted,
        Customer = CustomerId.FromUser("ada"),
        Visitor = CustomerId.FromVisitor("v-7"),
        OccurredAt = Make.Start,
        IngestedAt = Make.Start + TimeSpan.FromMilliseconds(1_234),
        CustomName = "Wheel Spun",
        Products =
        [
            new ProductLine("p1", "Shoes", "Acme", "Boot 42 \u00e4\u6f22\U0001F45F", 59.90m, 2),
            new ProductLine("p2"),
        ],
        CartId = "cart-1",
        OrderId = "o-1",
        CheckoutId = "c-1",
        Value = 119.80m,
        Currency = "EUR",
        Subject = "SAVE10",
        Text = "",
        Rating = 4.5,
        DecisionId = "dec_1",
        TimeZone = "Europe/Berlin",
        Traits = new Dictionary<string, string> { ["plan"] = "gold", ["city"] = "" },
        Consents = new Dictionary<string, bool> { ["marketing"] = true, ["email"] = false },
        TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    };

    private static readonly CustomerEvent Labelled = Make.Event(EventKind.ServiceMessage, Make.Start, "m") with
    {
        Text = "where is it",
        Labels = new TextLabels(0.125f, TextTopics.Delivery | TextTopics.Returns),
    };

    private static readonly CustomerEvent Bare = Make.Event(EventKind.PageViewed, Make.Start, "m");

    [Fact]
    public void Write_MatchesTheGoldenFiles()
    {
        GoldenFile.Expect("event-v1-full.hex", Fold.Bytes(Full));
        GoldenFile.Expect("event-v1-bare.hex", Fold.Bytes(Bare));
        GoldenFile.Expect("event-v1-labels.hex", Fold.Bytes(Labelled));
    }

    [Fact]
    public void Read_OfTheGoldenFiles_GivesTheEvents()
    {
        Same(Full, Fold.Event(GoldenFile.Bytes("event-v1-full.hex")));
        Same(Bare, Fold.Event(GoldenFile.Bytes("event-v1-bare.hex")));
        Same(Labelled, Fold.Event(GoldenFile.Bytes("event-v1-labels.hex")));
    }

    [Fact]
    public void RoundTrip_OfRandomEvents_KeepsEverything()
    {
        Law.Holds(100, static seed =>
        {
            foreach (var item in History.Of(seed, isExtreme: seed % 2 == 0)) Same(item, Fold.Event(Fold.Bytes(item)));
        });
    }

    [Theory]
    [InlineData(0L, 0L)]
    [InlineData(-1L, 1L)]
    [InlineData(long.MaxValue, long.MinValue)]
    [InlineData(long.MinValue, long.MaxValue)]
    public void RoundTrip_OfExtremeTimes_KeepsThem(long occurredAt, long ingestedAt)
    {
        var item = Bare with { OccurredAt = new(occurredAt), IngestedAt = new(ingestedAt) };
        Same(item, Fold.Event(Fold.Bytes(item)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0.00")]
    [InlineData("-79228162514264337593543950335")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("0.0000000000000000000000000001")]
    public void RoundTrip_OfAmounts_KeepsValueAndScale(string amount)
    {
        var value = decimal.Parse(amount);
        var item = Bare with { Value = value };
        Assert.Equal(decimal.GetBits(value), decimal.GetBits(Fold.Event(Fold.Bytes(item)).Value!.Value));
    }

    [Fact]
    public void Read_TakesOneEventAndLeavesTheRest()
    {
        var output = new ArrayBufferWriter<byte>();
        EventCodec.Write(Full, output);
        EventCodec.Write(Bare, output);
        var source = output.WrittenSpan;

        Same(Full, EventCodec.Read(ref source));
        Same(Bare, EventCodec.Read(ref source));
        Assert.True(source.IsEmpty);
    }

    [Fact]
    public void Read_OfBrokenBytes_IsAFormatExceptionOrAnEvent()
    {
        var record = Fold.Bytes(Full);
        Malformed.EveryCutIsRefused(record, Read);
        Malformed.EveryChangedByteIsStood(record, Read);
        Malformed.EveryHugeNumberIsStood(record, Read);
        Malformed.EveryCutIsRefused(Fold.Bytes(Bare), Read);
        Malformed.EveryCutIsRefused(Fold.Bytes(Labelled), Read);

        static void Read(byte[] bytes)
        {
            ReadOnlySpan<byte> source = bytes;
            _ = EventCodec.Read(ref source);
        }
    }

    [Theory]
    [InlineData(1.5f, (TextTopics)1)]
    [InlineData(float.NaN, (TextTopics)1)]
    [InlineData(0.5f, (TextTopics)0x8000)]
    public void Read_OfLabelsThatCannotBe_IsAFormatException(float sentiment, TextTopics topics)
    {
        var bytes = Fold.Bytes(Labelled with { Labels = new TextLabels(sentiment, topics) });
        Assert.Throws<FormatException>(() => Fold.Event(bytes));
    }

    [Fact]
    public void Read_OfAnotherVersion_SaysBoth()
    {
        var bytes = Fold.Bytes(Bare);
        bytes[0] = 9;
        var refused = Assert.Throws<FormatException>(() => Fold.Event(bytes));
        Assert.Contains("event version is 9, this program reads 1", refused.Message, StringComparison.Ordinal);
    }

    private static void Same(CustomerEvent expected, CustomerEvent actual)
    {
        Assert.Equal(Plain(expected), Plain(actual));
        Assert.Equal(expected.Products, actual.Products);
        Assert.Equal(expected.Traits, actual.Traits);
        Assert.Equal(expected.Consents, actual.Consents);
        Assert.Equal(Fold.Bytes(expected), Fold.Bytes(actual));

        static CustomerEvent Plain(CustomerEvent item) => item with { Products = [], Traits = null, Consents = null };
    }
}
