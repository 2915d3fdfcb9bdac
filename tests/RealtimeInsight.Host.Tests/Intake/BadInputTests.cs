using System.Net;
using System.Text;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Intake;

public sealed class BadInputTests
{
    private const string Good = """{"type":"page","anonymousId":"v1"}""";

    public static TheoryData<string, string, string> BadItems => new()
    {
        { """17""", RejectCodes.WrongType, "the event is a number" },
        { """{"type":5,"userId":"a"}""", RejectCodes.WrongType, "type is a number" },
        { """{"type":"track","userId":7,"event":"x"}""", RejectCodes.WrongType, "userId is a number" },
        { """{"type":"track","userId":"a","event":"x","properties":[]}""", RejectCodes.WrongType, "properties is an array" },
        { Track("Product Viewed", """{"product_id":"p","price":true}"""), RejectCodes.WrongType, "price" },
        { Track("Product Viewed", """{"product_id":"p","price":"cheap"}"""), RejectCodes.WrongType, "price" },
        { Track("Product Viewed", """{"product_id":{},"price":1}"""), RejectCodes.WrongType, "product_id" },
        { Track("Cart Viewed", """{"products":{}}"""), RejectCodes.WrongType, "products" },
        { Track("Cart Viewed", """{"products":["p"]}"""), RejectCodes.WrongType, "products" },
        { Track("Consent Changed", """{"consents":{"email":"yes"}}"""), RejectCodes.WrongType, "consents" },
        { """{"type":"track","event":"x"}""", RejectCodes.MissingId, "neither userId nor anonymousId" },
        { """{"type":"track","userId":"","anonymousId":null,"event":"x"}""", RejectCodes.MissingId, "neither" },
        { """{"type":"alias","previousId":"v"}""", RejectCodes.MissingId, "userId" },
        { """{"userId":"a","event":"x"}""", RejectCodes.MissingField, "type is missing" },
        { """{"type":"track","userId":"a"}""", RejectCodes.MissingField, "event is missing" },
        { """{"type":"track","userId":"a","event":"  "}""", RejectCodes.MissingField, "event is missing" },
        { """{"type":"group","userId":"a"}""", RejectCodes.MissingField, "groupId" },
        { """{"type":"alias","userId":"a"}""", RejectCodes.MissingField, "previousId" },
        { Track("Product Added", """{}"""), RejectCodes.MissingField, "product" },
        { Track("Cart Viewed", """{"products":[{"price":1}]}"""), RejectCodes.MissingField, "product_id" },
        { """{"type":"track","userId":"a","event":"Consent Changed"}""", RejectCodes.MissingField, "consent" },
        { """{"type":"track","userId":"a","event":"x","timestamp":"2026-03-01T12:06:00Z"}""", RejectCodes.FutureTimestamp, "360 s ahead" },
        { """{"type":"track","userId":"a","event":"x","timestamp":"9999-12-31T23:59:59Z"}""", RejectCodes.FutureTimestamp, "ahead" },
        { """{"type":"track","userId":"a","event":"x","timestamp":"yesterday"}""", RejectCodes.BadTimestamp, "timestamp is 'yesterday'" },
        { """{"type":"track","userId":"a","event":"x","timestamp":"1969-07-20T20:17:40Z"}""", RejectCodes.BadTimestamp, "1969" },
        { """{"type":"track","userId":"a","event":"x","sentAt":"12:00"}""", RejectCodes.BadTimestamp, "sentAt" },
        { """{"type":"track","userId":"a","event":"x","timestamp":1740830400}""", RejectCodes.WrongType, "timestamp is a number" },
        { Track("Product Viewed", """{"product_id":"p","price":"NaN"}"""), RejectCodes.InvalidNumber, "NaN" },
        { Track("Product Viewed", """{"product_id":"p","price":NaN}"""), RejectCodes.InvalidNumber, "NaN" },
        { Track("Product Viewed", """{"product_id":"p","price":-Infinity}"""), RejectCodes.InvalidNumber, "Inf" },
        { Track("Product Viewed", """{"product_id":"p","price":-1}"""), RejectCodes.InvalidNumber, "price is -1" },
        { Track("Product Viewed", """{"product_id":"p","price":1e400}"""), RejectCodes.InvalidNumber, "1e400" },
        { Track("Product Added", """{"product_id":"p","quantity":0}"""), RejectCodes.InvalidNumber, "quantity is 0" },
        { Track("Product Added", """{"product_id":"p","quantity":1000001}"""), RejectCodes.InvalidNumber, "1000001" },
        { Track("Product Added", """{"product_id":"p","quantity":1.5}"""), RejectCodes.InvalidNumber, "1.5" },
        { Track("Product Reviewed", """{"product_id":"p","rating":6}"""), RejectCodes.InvalidNumber, "rating is 6" },
        { Track("Order Completed", """{"total":-3}"""), RejectCodes.InvalidNumber, "total is -3" },
        { Track("Order Completed", """{"total":3,"currency":"ZZZ"}"""), RejectCodes.UnknownCurrency, "'ZZZ'" },
        { """{"type":"track","userId":"anon:x","event":"x"}""", RejectCodes.InvalidId, "anon:" },
        { """{"type":"track","userId":"a\u0001b","event":"x"}""", RejectCodes.InvalidId, "U+0001" },
        { """{"type":"track","userId":"  ","event":"x"}""", RejectCodes.InvalidId, "userId" },
        { """{"type":"track","userId":"\ud800","event":"x"}""", RejectCodes.InvalidJson, "Unicode" },
        { """{"type":"merge","userId":"a"}""", RejectCodes.UnsupportedType, "'merge'" },
    };

    private static string Track(string name, string properties) =>
        $$"""{"type":"track","userId":"a","event":"{{name}}","properties":{{properties}}""" + "}";

    [Theory]
    [MemberData(nameof(BadItems))]
    public async Task Batch_BadItem_IsRejectedByIndexAndNeighboursAreAccepted(string item, string code, string message)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/batch", $$"""{"batch":[{{Good}},{{item}},{{Good}}]}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(2, answer.Accepted);
        var reject = answer.Reject(0);
        Assert.Equal((1, code), (reject.Index, reject.Code));
        Assert.Contains(message, reject.Message);
        Assert.Equal(2, host.Engine.Events.Count);
        var kept = Assert.Single(host.Engine.Rejects);
        Assert.Equal(("http", 1, code), (kept.Source, kept.Index, kept.Code));
        await host.AssertMetricAsync(1, "realtime_insight_events_rejected_total", ("reason", code));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public async Task UserId_AtItsLongest_IsAccepted(int length, bool isAccepted)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/track", $$"""{"userId":"{{new string('u', length)}}","event":"x"}""");

        Assert.Equal(isAccepted ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.Status);
        if (!isAccepted) Assert.Equal(RejectCodes.InvalidId, answer.Reject(0).Code);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task MessageId_AtItsLongest_IsAccepted(int length, bool isAccepted)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/track", $$"""{"userId":"a","event":"x","messageId":"{{new string('m', length)}}"}""");

        Assert.Equal(isAccepted ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.Status);
        if (!isAccepted) Assert.Equal(RejectCodes.InvalidId, answer.Reject(0).Code);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public async Task Products_AtTheirMost_AreAccepted(int count, bool isAccepted)
    {
        await using var host = await TestHost.StartAsync();
        var products = string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"product_id":"p{{i}}"}"""));

        var answer = await host.PostAsync(
            "/v1/track", $$"""{"userId":"a","event":"Cart Viewed","properties":{"products":[{{products}}] } }""");

        Assert.Equal(isAccepted ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.Status);
        if (!isAccepted) Assert.Equal(RejectCodes.TooMany, answer.Reject(0).Code);
    }

    [Theory]
    [InlineData("/v1/track", "", "not JSON")]
    [InlineData("/v1/track", "{\"userId\":", "line 1")]
    [InlineData("/v1/batch", "{\"batch\":[}", "line 1")]
    [InlineData("/v1/batch", "{\"batch\":[{\"price\":NaN,}]}", "line 1")]
    public async Task Request_NotJson_Answers400AndIsListed(string path, string body, string message)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.False((bool)answer.Json["success"]!);
        var reject = answer.Reject(0);
        Assert.Equal((-1, RejectCodes.InvalidJson), (reject.Index, reject.Code));
        Assert.Contains(message, reject.Message);
        var listed = (await host.GetAsync("/v1/rejects")).Json["items"]!.AsArray();
        Assert.Equal(RejectCodes.InvalidJson, (string)listed[0]!["code"]!);
        Assert.Equal(body, (string)listed[0]!["payload"]!);
    }

    [Theory]
    [InlineData(63, false)]
    [InlineData(64, true)]
    public async Task Request_NestedTooDeeply_IsToldTheLimit(int within, bool isTooDeep)
    {
        await using var host = await TestHost.StartAsync();
        var deep = new string('[', within) + new string(']', within);

        var answer = await host.PostAsync("/v1/track", $$"""{"userId":"a","event":"x","deep":{{deep}}}""");

        Assert.Equal(isTooDeep ? HttpStatusCode.BadRequest : HttpStatusCode.OK, answer.Status);
        if (!isTooDeep) return;
        Assert.Equal(RejectCodes.InvalidJson, answer.Reject(0).Code);
        Assert.Contains("nested too deeply; send at most 64", answer.Reject(0).Message);
    }

    [Fact]
    public async Task Request_NotUtf8_Answers400()
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/track", "", change: request =>
            request.Content = new ByteArrayContent([(byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)'}']));

        Assert.Equal((HttpStatusCode.BadRequest, RejectCodes.InvalidJson), (answer.Status, answer.Reject(0).Code));
    }

    [Theory]
    [InlineData("""{"batch":[]}""", RejectCodes.MissingField)]
    [InlineData("""{}""", RejectCodes.MissingField)]
    [InlineData("""{"batch":{}}""", RejectCodes.WrongType)]
    [InlineData("""[]""", RejectCodes.WrongType)]
    [InlineData("""{"sentAt":"never","batch":[{"type":"page","anonymousId":"v"}]}""", RejectCodes.BadTimestamp)]
    [InlineData("""{"sentAt":"\ud800","batch":[{"type":"page","anonymousId":"v"}]}""", RejectCodes.InvalidJson)]
    public async Task Batch_WrongAsAWhole_Answers400(string body, string code)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/batch", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal((-1, code), (answer.Reject(0).Index, answer.Reject(0).Code));
        Assert.Empty(host.Engine.Events);
        Assert.Single(host.Engine.Rejects);
    }

    [Fact]
    public async Task Single_BadEvent_Answers400InTheSameShape()
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/track", """{"userId":"a"}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(["success", "accepted", "duplicates", "rejected"], answer.Json.AsObject().Select(member => member.Key));
        Assert.Equal((0, RejectCodes.MissingField), (answer.Reject(0).Index, answer.Reject(0).Code));
    }

    [Fact]
    public async Task Reject_Payload_HasNoWriteKey()
    {
        await using var host = await TestHost.StartAsync();

        await host.PostAsync("/v1/track", $$"""{"writeKey":"{{TestHost.WriteKey}}","userId":"a","context":{"x":1} }""", key: null);
        await host.PostAsync("/v1/track", $$"""{"writeKey" : "{{TestHost.WriteKey}}","userId":""");

        Assert.Equal(2, host.Engine.Rejects.Count);
        Assert.All(host.Engine.Rejects, kept =>
        {
            Assert.DoesNotContain(TestHost.WriteKey, kept.Payload);
            Assert.Contains("[redacted]", kept.Payload);
        });
    }

    [Fact]
    public async Task Batch_LateEvent_IsListedByItsIndexAmongRejects()
    {
        await using var host = await TestHost.StartAsync();
        host.Engine.LateBefore = Domain.Time.Instant.From(host.Time.Now) - TimeSpan.FromHours(24);

        var answer = await host.PostAsync("/v1/batch", """
            {"batch":[{"type":"nothing"},{"type":"page","anonymousId":"v"},
                      {"type":"page","anonymousId":"v","timestamp":"2026-02-01T00:00:00Z"},{"type":"track","anonymousId":"v"}]}
            """);

        Assert.Equal(1, answer.Accepted);
        Assert.Equal([(0, RejectCodes.UnsupportedType), (2, RejectCodes.Late), (3, RejectCodes.MissingField)],
            Enumerable.Range(0, 3).Select(i => (answer.Reject(i).Index, answer.Reject(i).Code)));
    }

    [Fact]
    public async Task Codes_OfEveryAnswer_AreInTheClosedSet()
    {
        await using var host = await TestHost.StartAsync();
        var items = string.Join(',', BadItems.Select(row => (string)row[0]));

        var answer = await host.PostAsync("/v1/batch", $$"""{"batch":[{{items}}]}""");

        Assert.Equal(BadItems.Count, answer.Rejected.Count);
        Assert.All(answer.Rejected, reject => Assert.Contains((string)reject!["code"]!, RejectCodes.All));
    }

    [Fact]
    public void NonFiniteNumbers_OutsideOfStrings_AreQuoted()
    {
        var quoted = NonFiniteNumbers.Quote("""{"a":NaN,"b":"NaN \" NaN","c":[-Infinity,Infinity]}"""u8);

        Assert.Equal("""{"a":"NaN","b":"NaN \" NaN","c":["-Infinity","Infinity"]}""", Encoding.UTF8.GetString(quoted!));
        Assert.Null(NonFiniteNumbers.Quote("""{"b":"NaN"}"""u8));
    }

    [Fact]
    public void Currencies_Table_KnowsIso4217Only()
    {
        Assert.True(Currencies.TryGet("jpy", out var code));
        Assert.Equal("JPY", code);
        Assert.False(Currencies.TryGet("EURO", out _));
        Assert.False(Currencies.TryGet("XTS", out _));
        Assert.InRange(Currencies.Count, 170, 185);
    }

    [Fact]
    public async Task Batch_RandomJunk_NeverFailsTheServer()
    {
        await using var host = await TestHost.StartAsync();
        var random = new Random(20260301);
        string[] values =
            ["null", "1", "-1", "\"x\"", "\"\"", "[]", "{}", "true", "1e309", "\"2026-13-45\"", "\"\\ud83d\"", "[[[]]]", "NaN"];
        string[] names =
        [
            "type", "userId", "anonymousId", "event", "properties", "traits", "context", "timestamp", "sentAt", "messageId", "products",
            "price", "quantity", "currency", "previousId", "groupId", "items", "consents",
        ];
        for (var round = 0; round < 40; round++)
        {
            var items = string.Join(',', Enumerable.Range(0, 25).Select(_ => Junk(depth: 0)));
            var answer = await host.PostAsync("/v1/batch", $$"""{"batch":[{{items}}]}""");
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Equal(25, answer.Accepted + answer.Rejected.Count);
        }

        string Junk(int depth)
        {
            var members = Enumerable.Range(0, random.Next(8)).Select(_ =>
            {
                var name = names[random.Next(names.Length)];
                if (name == "type") return "\"type\":\"track\"";
                if (name == "event") return "\"event\":\"Product Added\"";
                var value = depth < 2 && random.Next(3) == 0 ? Junk(depth + 1) : values[random.Next(values.Length)];
                return $"\"{name}\":{value}";
            });
            return "{" + string.Join(',', members) + "}";
        }
    }
}
