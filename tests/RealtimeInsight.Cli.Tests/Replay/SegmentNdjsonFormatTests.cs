using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Tests.Replay;

public sealed class SegmentNdjsonFormatTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Track_IsReadLikeTheHttpIntakeDoes()
    {
        var read = Single("""
            {"type":"track","event":"Product Added","userId":"u1","messageId":"m1","timestamp":"2026-03-02T12:00:00Z",
            "properties":{"product_id":"p1","price":12.5,"quantity":2,"currency":"EUR"}}
            """).Event!;

        Assert.Equal(EventKind.CartAdded, read.Kind);
        Assert.Equal("m1", read.Id.Value);
        Assert.Equal("u1", read.Customer.Value);
        Assert.Equal(At("2026-03-02T12:00:00Z"), read.OccurredAt);
        Assert.Equal((12.5m, 2), (read.Products[0].Price, read.Products[0].Quantity));
    }

    [Fact]
    public void Read_SenderWithWrongClock_IsCorrectedByItsReceipt()
    {
        var read = Single("""
            {"type":"page","anonymousId":"v1","timestamp":"2026-03-02T13:00:00Z","sentAt":"2026-03-02T13:00:10Z",
            "receivedAt":"2026-03-02T12:00:10Z"}
            """).Event!;

        Assert.Equal(At("2026-03-02T12:00:00Z"), read.OccurredAt);
    }

    [Fact]
    public void Read_LineWithoutMessageId_HasOneIdHoweverOftenItIsRead()
    {
        const string Line = """{"type":"page","userId":"u1","timestamp":"2026-03-02T12:00:00Z"}""";
        _folder.Write("a.ndjson", Line, Line);

        var ids = _folder.Load("segment_ndjson").Items.Select(item => item.Event!.Id).ToList();

        Assert.Equal(ids[0], ids[1]);
    }

    [Theory]
    [InlineData("{", "invalid_json")]
    [InlineData("[1]", "wrong_type")]
    [InlineData("""{"type":"page","userId":"u1"}""", "missing_field")]
    [InlineData("""{"type":"page","userId":"u1","timestamp":"yesterday"}""", "bad_timestamp")]
    [InlineData("""{"type":"page","timestamp":"2026-03-02T12:00:00Z"}""", "missing_id")]
    [InlineData("""{"type":"fly","userId":"u1","timestamp":"2026-03-02T12:00:00Z"}""", "unsupported_type")]
    public void Read_MalformedLine_IsKeptWithReason(string line, string code)
    {
        var malformed = Single(line).Malformed!;

        Assert.Equal(code, malformed.Code);
        Assert.StartsWith("a.ndjson:1: ", malformed.Message, StringComparison.Ordinal);
        Assert.Equal(line, malformed.Raw);
    }

    [Fact]
    public void Read_OverlongLine_IsRejected()
    {
        Assert.Equal(LineCodes.TooLarge, Single("""{"type":"page","name":" """ + new string('x', 40_000) + "\"}").Malformed!.Code);
    }

    private static Instant At(string text) => Instant.From(DateTimeOffset.Parse(text));

    private ReplayItem Single(string json)
    {
        _folder.Write("a.ndjson", json.ReplaceLineEndings(""));
        return Assert.Single(_folder.Load("segment_ndjson").Items);
    }
}
