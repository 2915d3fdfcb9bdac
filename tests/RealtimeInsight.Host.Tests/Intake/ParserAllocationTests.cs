using System.Text;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Intake;

/// <summary>A gate: what reading events allocates must not grow unseen.</summary>
public sealed class ParserAllocationTests
{
    private const int Items = 500;

    /// <summary>One event object, its list of one product, and the strings that are its own: message id, customer and cart.</summary>
    private const int BytesPerEventMax = 800;

    [Fact]
    public void Batch_OfProductEvents_AllocatesItsEventsAndTheirOwnStrings()
    {
        var parser = new RequestParser(TimeSpan.FromMinutes(5));
        var body = Encoding.UTF8.GetBytes("{\"batch\":[" + string.Join(',', Enumerable.Range(0, Items).Select(Item)) + "]}");
        var received = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        ParsedRequest parsed = null!;

        var perEvent = Allocation.Least(() => parsed = Read()) / Items;

        Assert.Equal((Items, 0), (parsed.Events.Count, parsed.Rejects.Count));
        Assert.InRange(perEvent, 1, BytesPerEventMax);

        ParsedRequest Read()
        {
            var read = new ParsedRequest();
            Assert.True(parser.TryReadJson(body, out _));
            Assert.Null(parser.Parse(null, received, null, read));
            parser.Clear();
            return read;
        }
    }

    [Fact]
    public void Json_OfABatch_IsIndexedWithoutAllocation()
    {
        var parser = new RequestParser(TimeSpan.FromMinutes(5));
        var body = Encoding.UTF8.GetBytes("{\"batch\":[" + string.Join(',', Enumerable.Range(0, Items).Select(Item)) + "]}");
        Assert.True(parser.TryReadJson(body, out _));

        Assert.Equal(0, Allocation.Least(() => parser.TryReadJson(body, out _)));
    }

    private static string Item(int i) =>
        $$"""
        {"type":"track","event":"Product Added","messageId":"4f6c1c3e-6f0a-4d2c-9a53-{{i:x12}}","userId":"customer-{{i}}",
         "timestamp":"2026-03-01T11:59:30.123Z","context":{"timezone":"Europe/Berlin","library":{"name":"a.js"} },
         "properties":{"cart_id":"cart-{{i}}","product_id":"p{{i % 50}}","category":"shoes","brand":"acme","name":"Boot","price":29.95,
         "quantity":1,"currency":"EUR"} }
        """;
}
