using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Intake;

public sealed class EventDocumentTests
{
    private const string Properties = """
        {"query":"boots","path":"/a","list_id":"l1","coupon_id":"c1","coupon":"c2","campaign":"spring","campaign_name":"news","step":"2",
         "payment_method":"card","from":"chat","network":"n","method":"sso","offer_id":"o9","cart_id":"k1","order_id":"o1",
         "checkout_id":"h1","value":12.5,"total":99.95,"currency":"EUR","text":"hello\n\"you\"","review_body":"fine","rating":4.5,
         "decision_id":"dec_1","consents":{"email":true,"sms":false},
         "products":[{"product_id":"p1","category":"shoes","brand":"acme","name":"Boot ü","price":10.10,"quantity":3},{"product_id":"p2"}]}
        """;

    public static TheoryData<string> Items
    {
        get
        {
            var items = new TheoryData<string>();
            foreach (var name in EventNames.All.Keys.Append("some custom thing"))
            {
                items.Add($$"""{"type":"track","event":"{{name}}","properties":{{Properties}}}""");
                if (EventNames.All.GetValueOrDefault(name) != EventKind.ConsentChanged && name.Contains("page", StringComparison.Ordinal))
                {
                    items.Add($$"""{"type":"track","event":"{{name}}"}""");
                }
            }

            items.Add("""{"type":"identify","traits":{"name":"Ada","address":{"city":"Köln"},"n":3}}""");
            items.Add("""{"type":"identify"}""");
            items.Add("""{"type":"alias","previousId":"v2"}""");
            items.Add("""{"type":"group","groupId":"g1"}""");
            items.Add("""{"type":"page","name":"home"}""");
            items.Add("""{"type":"track","event":"Order Completed","properties":{"order_id":"o1"}}""");
            return items;
        }
    }

    /// <summary>Law: what is kept of an event is read as the same event.</summary>
    [Theory]
    [MemberData(nameof(Items))]
    public void Read_OfWhatWasWritten_IsTheSameEvent(string json)
    {
        foreach (var who in new[] { """{"userId":"ada"}""", """{"anonymousId":"v1"}""", """{"userId":"ada","anonymousId":"v1"}""" })
        {
            var item = (JsonObject)MergePatch.Apply(JsonNode.Parse(json), JsonNode.Parse(who))!;
            if ((string?)item["type"] == "alias") item["userId"] = "ada";
            item["messageId"] = "m-1";
            item["timestamp"] = "2026-03-01T11:00:00.123Z";
            item["context"] = new JsonObject { ["timezone"] = "Europe/Berlin" };
            var first = Read(item.ToJsonString());
            Assert.Equal(Bytes(first), Bytes(Read(EventDocument.Write(first).ToJsonString())));
        }
    }

    private static CustomerEvent Read(string json)
    {
        Assert.True(new RecordedItems().TryRead(Encoding.UTF8.GetBytes(json), out var item, out _, out var message), message);
        return item;
    }

    private static byte[] Bytes(CustomerEvent item)
    {
        var output = new ArrayBufferWriter<byte>();
        EventCodec.Write(item, output);
        return output.WrittenSpan.ToArray();
    }
}
