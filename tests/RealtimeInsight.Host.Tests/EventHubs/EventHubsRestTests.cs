using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Host.EventHubs;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.EventHubs;

public sealed class EventHubsRestTests
{
    private const string Policy = "producer";
    private const string Key = "producer-key-1";
    private const string Event =
        """{"type":"track","event":"Product Added","userId":"ada","messageId":"m1","properties":{"product_id":"p1"}}""";
    private const long AnHourOn = 1_772_370_000;

    /// <summary>
    /// Made by Python's hmac, hashlib and urllib.parse.quote_plus from the keys producer-key-1 and producer-key-2, for 13:00 of the day
    /// on which the tests' clock stands at 12:00.
    /// </summary>
    private const string OfTheHub = "SharedAccessSignature sr=https%3A%2F%2Fshop.servicebus.windows.net%2Fclicks"
        + "&sig=lAhn0j892Ek3HMZTmyEMxd%2F1dF%2BUObsRabu1x37tHh8%3D&se=1772370000&skn=producer";

    private const string OfThePathWithTheSecondKey = "SharedAccessSignature sr=http%3A%2F%2Flocalhost%3A8080%2Fclicks%2Fmessages"
        + "&sig=v2dNlet4xQ%2BKIAvBrHbXC1wEFBjvrnAh98bwaPiH%2F0U%3D&se=1772370000&skn=producer";

    [Theory]
    [InlineData("/clicks/messages?timeout=60&api-version=2014-01")]
    [InlineData("/Clicks/messages")]
    [InlineData("/clicks/partitions/3/messages")]
    [InlineData("/clicks/publishers/till-7/messages")]
    public async Task Single_ValidToken_IsCommittedAnd201WithoutBody(string path)
    {
        await using var host = await StartAsync();

        var answer = await SendAsync(host, Event, OfTheHub, path);

        Assert.Equal((HttpStatusCode.Created, ""), (answer.Status, answer.Text));
        Assert.Equal(("ada", "m1"), (Assert.Single(host.Engine.Events).Customer.Value, host.Engine.Events[0].Id.Value));
        await host.AssertMetricAsync(1, "realtime_insight_events_received_total", ("source", "eventhubs"), ("type", "cart_added"));
        await host.AssertMetricAsync(1, "realtime_insight_intake_requests_total", ("call", "eventhubs"), ("status", "201"));
    }

    [Fact]
    public async Task Batch_MixedItems_TakesTheGoodOnesAndKeepsTheOthers()
    {
        await using var host = await StartAsync();
        const string several =
            """{"sentAt":"2026-03-01T12:00:00Z","batch":[{"type":"page","anonymousId":"v1"},{"type":"page","anonymousId":"v2"}]}""";
        var batch = new JsonArray(
            new JsonObject { ["Body"] = Event, ["UserProperties"] = new JsonObject { ["Alert"] = "x" } },
            new JsonObject { ["Body"] = "no json", ["BrokerProperties"] = new JsonObject { ["PartitionKey"] = "ada" } },
            new JsonObject { ["Body"] = """{"type":"track","event":"Product Added"}""" },
            new JsonObject { ["Body"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(several)), ["IsBodyBase64"] = true });

        var answer = await SendAsync(host, batch.ToJsonString(), OfThePathWithTheSecondKey, type: HubMessages.BatchMediaType);

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal(["ada", "anon:v1", "anon:v2"], host.Engine.Events.Select(read => read.Customer.Value));
        Assert.Equal([RejectCodes.InvalidJson, RejectCodes.MissingId], host.Engine.Rejects.Select(kept => kept.Code));
        Assert.Equal([1, 2], host.Engine.Rejects.Select(kept => kept.Index));
        Assert.All(host.Engine.Rejects, kept => Assert.Equal("eventhubs", kept.Source));
        Assert.Equal("no json", host.Engine.Rejects[0].Payload);
    }

    [Fact]
    public async Task BrokerMessageId_OfAnEventWithoutId_MakesAResendHarmless()
    {
        await using var host = await StartAsync();
        const string page = """{"type":"page","anonymousId":"v1"}""";
        const string pages = """{"batch":[{"type":"page","anonymousId":"v1"},{"type":"page","anonymousId":"v1"}]}""";

        foreach (var (body, id) in new[] { (page, "a"), (page, "a"), (pages, "b"), (pages, "b"), (page, "c") })
        {
            host.Time.Now += TimeSpan.FromSeconds(1);
            await SendAsync(host, body, OfTheHub, broker: $$"""{"PartitionKey":"v1","MessageId":"{{id}}"}""");
        }

        Assert.Equal(["a", "b-0", "b-1", "c"], host.Engine.Events.Select(read => read.Id.Value));
    }

    [Fact]
    public async Task SameContentTwiceInARequest_WithoutIds_IsTwoEvents()
    {
        await using var host = await StartAsync();
        const string pages = """{"batch":[{"type":"page","anonymousId":"v1"},{"type":"page","anonymousId":"v1"}]}""";
        var batch = new JsonArray(new JsonObject { ["Body"] = pages }, new JsonObject { ["Body"] = pages });

        await SendAsync(host, batch.ToJsonString(), OfTheHub, type: HubMessages.BatchMediaType);

        Assert.Equal(4, host.Engine.Events.Count);
    }

    public static TheoryData<string, string?> BadTokens => new()
    {
        { "none", null },
        { "another scheme", "Basic cHJvZHVjZXI6" },
        { "another key", Token("https://h/clicks", key: "producer-key-9") },
        { "another policy", Token("https://h/clicks", policy: "consumer") },
        { "another hub", Token("https://h/orders") },
        { "a hub that begins alike", Token("https://h/click") },
        { "another publisher", Token("https://h/clicks/publishers/a") },
        { "no address", Token("clicks") },
        { "expired now", Token("https://h/clicks", AnHourOn - 3600) },
        { "expiry changed", OfTheHub.Replace("1772370000", "1772370001", StringComparison.Ordinal) },
        { "resource changed", OfTheHub.Replace("shop.", "shoq.", StringComparison.Ordinal) },
        { "signature cut", OfTheHub.Replace("lAhn0j892", "lAhn0j", StringComparison.Ordinal) },
        { "field twice", OfTheHub + "&skn=producer" },
        { "field missing", OfTheHub.Replace("&skn=producer", "", StringComparison.Ordinal) },
        { "expiry no number", Token("https://h/clicks").Replace($"se={AnHourOn}", "se=-1", StringComparison.Ordinal) },
    };

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task Token_NotValid_Answers401AndKeepsNothingOfTheBody(string what, string? token)
    {
        await using var host = await StartAsync();

        var answer = await SendAsync(host, Event, token);

        Assert.True(answer.Status == HttpStatusCode.Unauthorized, $"{what}: {answer.Status}");
        Assert.Equal(RejectCodes.Unauthorized, answer.Reject(0).Code);
        Assert.Empty(host.Engine.Events);
        Assert.Equal("", Assert.Single(host.Engine.Rejects).Payload);
    }

    [Theory]
    [InlineData("https://h", true)]
    [InlineData("sb://h/CLICKS/", true)]
    [InlineData("https://h/clicks/publishers/till-7", true)]
    [InlineData("https://h/clicks/publishers/till-8", false)]
    [InlineData("https://h/clicks/publishers/till-7/messages/more", false)]
    public async Task Token_CoversWhatIsBelowItsResource(string resource, bool isAllowed)
    {
        await using var host = await StartAsync();

        var answer = await SendAsync(host, Event, Token(resource), "/clicks/publishers/till-7/messages");

        Assert.Equal(isAllowed ? HttpStatusCode.Created : HttpStatusCode.Unauthorized, answer.Status);
    }

    [Fact]
    public async Task Token_Unauthorized_IsKeptWithinTheLimit()
    {
        await using var host = await StartAsync(("Intake:UnauthorizedKeptPerMinuteMax", "1"));

        for (var i = 0; i < 3; i++) await SendAsync(host, Event, null);

        Assert.Single(host.Engine.Rejects);
        await host.AssertMetricAsync(2, "realtime_insight_intake_rejects_not_kept_total", ("reason", "unauthorized"));
    }

    [Theory]
    [InlineData("{}", RejectCodes.WrongType)]
    [InlineData("[", RejectCodes.InvalidJson)]
    [InlineData("[]", RejectCodes.MissingField)]
    [InlineData("[1]", RejectCodes.WrongType)]
    [InlineData("""[{"body":"x"}]""", RejectCodes.MissingField)]
    [InlineData("""[{"Body":{}}]""", RejectCodes.MissingField)]
    [InlineData("""[{"Body":"\ud800"}]""", RejectCodes.InvalidJson)]
    [InlineData("""[{"Body":"?","IsBodyBase64":true}]""", RejectCodes.WrongType)]
    [InlineData("""[{"Body":"x","BrokerProperties":{"PartitionKey":7}}]""", RejectCodes.InvalidId)]
    public async Task Batch_NotInTheForm_Answers400(string body, string code)
    {
        await using var host = await StartAsync();

        var answer = await SendAsync(host, body, OfTheHub, type: $"{HubMessages.BatchMediaType}; charset=utf-8");

        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.Status, answer.Reject(0).Code));
        var kept = Assert.Single(host.Engine.Rejects);
        Assert.Equal((-1, code, body), (kept.Index, kept.Code, kept.Payload));
    }

    [Theory]
    [InlineData("/clicks/messages", "[]", HttpStatusCode.BadRequest)]
    [InlineData("/clicks/messages", "{", HttpStatusCode.BadRequest)]
    [InlineData("/clicks/messages", """{"PartitionKey":""}""", HttpStatusCode.BadRequest)]
    [InlineData("/clicks/partitions/0/messages", """{"PartitionKey":"ada"}""", HttpStatusCode.BadRequest)]
    [InlineData("/clicks/partitions/-1/messages", """{}""", HttpStatusCode.NotFound)]
    [InlineData("/orders/messages", """{}""", HttpStatusCode.NotFound)]
    public async Task Single_WrongTarget_IsRefused(string path, string broker, HttpStatusCode status)
    {
        await using var host = await StartAsync();

        Assert.Equal(status, (await SendAsync(host, Event, Token("https://h"), path, broker)).Status);
        Assert.Empty(host.Engine.Events);
    }

    [Fact]
    public async Task Single_LargerThanAnEvent_IsKeptAsReject()
    {
        await using var host = await StartAsync();
        var large = Event.Replace("p1", new string('x', IntakeOptions.EventBytesMax), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Created, (await SendAsync(host, large, OfTheHub)).Status);
        Assert.Equal((RejectCodes.TooLarge, true), (Assert.Single(host.Engine.Rejects).Code, host.Engine.Rejects[0].IsCut));
    }

    [Theory]
    [InlineData(EventHubsOptions.RequestBytesMax, HttpStatusCode.Created)]
    [InlineData(EventHubsOptions.RequestBytesMax + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Request_OverItsBytes_Answers413(int bytes, HttpStatusCode status)
    {
        await using var host = await StartAsync();

        Assert.Equal(status, (await SendAsync(host, Event.PadRight(bytes), OfTheHub)).Status);
    }

    [Theory]
    [InlineData(2500, HttpStatusCode.Created)]
    [InlineData(2501, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Request_OverItsEvents_Answers413(int count, HttpStatusCode status)
    {
        await using var host = await StartAsync();
        // Half of them one by one, half in a batch of one message.
        const string page = """{"type":"page","anonymousId":"v"}""";
        var inner = $$"""{"batch":[{{string.Join(',', Enumerable.Repeat(page, 1250))}}]}""";
        string[] bodies = [inner, .. Enumerable.Repeat(page, count - 1250)];
        var batch = JsonSerializer.Serialize(bodies.Select(body => new { Body = body }));

        Assert.Equal(status, (await SendAsync(host, batch, OfTheHub, type: HubMessages.BatchMediaType)).Status);
        Assert.Equal(status == HttpStatusCode.Created ? count : 0, host.Engine.Events.Count);
    }

    [Fact]
    public async Task Engine_CannotCommit_Answers503AndWhenToComeBack()
    {
        await using var host = await StartAsync();
        host.Engine.IsUnavailable = true;

        var answer = await SendAsync(host, Event, OfTheHub);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, RejectCodes.Unavailable), (answer.Status, answer.Reject(0).Code));
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Requests_OverTheLimit_Answer503()
    {
        await using var host = await StartAsync(("EventHubs:RequestsInFlightMax", "1"));
        host.Engine.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var first = SendAsync(host, Event, OfTheHub);
        await host.Engine.Begun.WaitAsync().WaitAsync(TestHost.Patience);
        var second = await SendAsync(host, Event, OfTheHub);
        host.Engine.Hold.SetResult();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.Created), (second.Status, (await first).Status));
    }

    [Fact]
    public void Options_ThreeKeysOrAHubTwice_AreRefused()
    {
        var options = new EventHubsOptions
        {
            Hubs = ["clicks", "Clicks"], Keys = { [Policy] = ["long-enough-1", "long-enough-2", "long-enough-3"] },
        };

        var problems = EventHubsOptions.Validate(options);

        Assert.Equal(2, problems.Count);
        Assert.Contains("EventHubs:Hubs:1 is 'Clicks', which is named before", problems[0]);
        Assert.Contains("EventHubs:Keys:producer has 3 keys", problems[1]);
    }

    [Fact]
    public async Task NoHub_NoRoute()
    {
        await using var host = await TestHost.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(host, Event, OfTheHub)).Status);
    }

    private static Task<TestHost> StartAsync(params (string Key, string Value)[] more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["EventHubs:Hubs:0"] = "clicks", ["EventHubs:Keys:Producer:0"] = Key, ["EventHubs:Keys:Producer:1"] = "producer-key-2",
        };
        foreach (var (key, value) in more) settings[key] = value;
        return TestHost.StartAsync(settings: settings);
    }

    private static Task<Answer> SendAsync(
        TestHost host, string body, string? token, string path = "/clicks/messages", string? broker = null,
        string type = "application/atom+xml;type=entry;charset=utf-8") =>
        host.PostAsync(path, body, key: null, type: type, change: request =>
        {
            if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", token);
            if (broker is not null) request.Headers.TryAddWithoutValidation("BrokerProperties", broker);
        });

    private static string Token(string resource, long expiry = AnHourOn, string key = Key, string policy = Policy)
    {
        var address = Uri.EscapeDataString(resource);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{address}\n{expiry}"));
        var text = Uri.EscapeDataString(Convert.ToBase64String(signature));
        return $"SharedAccessSignature sr={address}&sig={text}&se={expiry}&skn={policy}";
    }
}
