using System.Net;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Intake;

public sealed class TrackingCallTests
{
    [Fact]
    public async Task Track_ProductAdded_BecomesACartEvent()
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/track", """
            {"messageId":"m1","userId":"alice","event":"Product Added","timestamp":"2026-03-01T11:59:00Z",
             "context":{"timezone":"Europe/Berlin"},
             "properties":{"cart_id":"c1","product_id":"p1","category":"shoes","brand":"acme","name":"Boot",
                           "price":29.95,"quantity":2,"currency":"eur"}}
            """);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("""{"success":true,"accepted":1,"duplicates":0,"rejected":[]}""", answer.Text);
        var stored = Assert.Single(host.Engine.Events);
        Assert.Equal(EventKind.CartAdded, stored.Kind);
        Assert.Equal("m1", stored.Id.Value);
        Assert.Equal("alice", stored.Customer.Value);
        Assert.Null(stored.Visitor);
        Assert.Equal(Instant.From(host.Time.Now) - TimeSpan.FromMinutes(1), stored.OccurredAt);
        Assert.Equal(Instant.From(host.Time.Now), stored.IngestedAt);
        Assert.Equal("c1", stored.CartId);
        Assert.Equal("EUR", stored.Currency);
        Assert.Equal("Europe/Berlin", stored.TimeZone);
        Assert.Equal(new ProductLine("p1", "shoes", "acme", "Boot", 29.95m, 2), Assert.Single(stored.Products));
    }

    [Fact]
    public async Task Identify_WithBothIds_LinksTheVisitorAndFlattensTraits()
    {
        await using var host = await TestHost.StartAsync();

        await host.PostAsync("/v1/identify", """
            {"userId":"alice","anonymousId":"v1","traits":{"plan":"gold","age":41,"vip":true,"address":{"city":"Kiel"},"none":null}}
            """);

        var stored = Assert.Single(host.Engine.Events);
        Assert.Equal(EventKind.Identified, stored.Kind);
        Assert.Equal("alice", stored.Customer.Value);
        Assert.Equal("anon:v1", stored.Visitor?.Value);
        Assert.Equal(
            new Dictionary<string, string> { ["plan"] = "gold", ["age"] = "41", ["vip"] = "true", ["address.city"] = "Kiel" },
            stored.Traits);
    }

    [Fact]
    public async Task Alias_OfAVisitor_LinksPreviousIdToUser()
    {
        await using var host = await TestHost.StartAsync();

        await host.PostAsync("/v1/alias", """{"previousId":"v1","userId":"alice"}""");

        var stored = Assert.Single(host.Engine.Events);
        Assert.Equal((EventKind.Identified, "alice", "anon:v1"), (stored.Kind, stored.Customer.Value, stored.Visitor?.Value));
    }

    [Theory]
    [InlineData("/v1/page", """{"anonymousId":"v1","name":"Home","properties":{"path":"/shoes"}}""", "/shoes")]
    [InlineData("/v1/page", """{"anonymousId":"v1","context":{"page":{"path":"/hats"}}}""", "/hats")]
    [InlineData("/v1/screen", """{"anonymousId":"v1","name":"Basket"}""", "Basket")]
    public async Task Page_NamesItsPath_AsSubject(string path, string body, string subject)
    {
        await using var host = await TestHost.StartAsync();

        await host.PostAsync(path, body);

        var stored = Assert.Single(host.Engine.Events);
        Assert.Equal((EventKind.PageViewed, "anon:v1", subject), (stored.Kind, stored.Customer.Value, stored.Subject));
    }

    [Fact]
    public async Task Group_OfACustomer_IsKeptAsCustomEvent()
    {
        await using var host = await TestHost.StartAsync();

        await host.PostAsync("/v1/group", """{"userId":"alice","groupId":"g7"}""");

        var stored = Assert.Single(host.Engine.Events);
        Assert.Equal((EventKind.Custom, "group", "g7"), (stored.Kind, stored.CustomName, stored.Subject));
    }

    [Fact]
    public async Task Track_UnknownName_IsKeptUnderItsNameAndCounted()
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync(
            "/v1/track", """{"userId":"alice","event":"Quiz Finished","properties":{"value":"not a number"}}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var stored = Assert.Single(host.Engine.Events);
        Assert.Equal((EventKind.Custom, "Quiz Finished"), (stored.Kind, stored.CustomName));
        await host.AssertMetricAsync(1, "realtime_insight_events_received_total", ("source", "http"), ("type", "custom"));
    }

    [Fact]
    public async Task Batch_SharedContextAndSentAt_AreMergedIntoItems()
    {
        await using var host = await TestHost.StartAsync();

        // The sender's clock is an hour fast: 11:59:30 on it was 30 s before it sent.
        await host.PostAsync("/v1/batch", """
            {"sentAt":"2026-03-01T13:00:00Z","context":{"timezone":"Asia/Tokyo","page":{"path":"/shared"}},
             "batch":[{"type":"page","anonymousId":"v1","timestamp":"2026-03-01T12:59:30Z"},
                      {"type":"page","anonymousId":"v1","timestamp":"2026-03-01T12:59:40Z","context":{"timezone":"Europe/Paris"}}]}
            """);

        var now = Instant.From(host.Time.Now);
        Assert.Equal(
            [("Asia/Tokyo", "/shared", now - TimeSpan.FromSeconds(30)), ("Europe/Paris", "/shared", now - TimeSpan.FromSeconds(20))],
            host.Engine.Events.Select(stored => (stored.TimeZone!, stored.Subject!, stored.OccurredAt)));
    }

    [Fact]
    public async Task Batch_SentTwice_CountsDuplicates()
    {
        await using var host = await TestHost.StartAsync();
        const string body =
            """{"batch":[{"type":"page","anonymousId":"v1","messageId":"a"},{"type":"page","anonymousId":"v1","messageId":"b"}]}""";

        await host.PostAsync("/v1/batch", body);
        var second = await host.PostAsync("/v1/batch", body);

        Assert.Equal("""{"success":true,"accepted":0,"duplicates":2,"rejected":[]}""", second.Text);
        await host.AssertMetricAsync(2, "realtime_insight_events_duplicate_total");
    }

    [Fact]
    public async Task MessageId_Absent_IsMadeOfContentPlaceAndTime()
    {
        await using var host = await TestHost.StartAsync();
        const string item = """{"type":"page","anonymousId":"v1"}""";

        await host.PostAsync("/v1/batch", $$"""{"batch":[{{item}},{{item}}]}""");
        var first = host.Engine.Events.Select(stored => stored.Id.Value).ToList();
        var again = await host.PostAsync("/v1/batch", $$"""{"batch":[{{item}},{{item}}]}""");
        host.Time.Now += TimeSpan.FromSeconds(1);
        var later = await host.PostAsync("/v1/batch", $$"""{"batch":[{{item}}]}""");

        Assert.Equal(2, first.Distinct().Count());
        Assert.Equal(2, (int)again.Json["duplicates"]!);
        Assert.Equal(1, later.Accepted);
    }

    [Theory]
    [InlineData("service message", """{"text":"Where is my parcel?","from":"customer"}""", EventKind.ServiceMessage, "customer",
        "Where is my parcel?")]
    [InlineData("Live Chat Message Sent", """{"message_body":"hi","channel":"chat"}""", EventKind.ServiceMessage, "chat", "hi")]
    [InlineData("social_mention", """{"text":"nice shop","network":"mastodon"}""", EventKind.SocialMention, "mastodon", "nice shop")]
    [InlineData("ad_click", """{"campaign":"spring"}""", EventKind.AdClicked, "spring", null)]
    [InlineData("Email Opened", """{"campaign_name":"news","decision_id":"d-1"}""", EventKind.MessageOpened, "news", null)]
    [InlineData("Product Reviewed", """{"product_id":"p","rating":4,"review_body":"good"}""", EventKind.ReviewPosted, null, "good")]
    [InlineData("Signed In", """{"method":"password"}""", EventKind.LoggedIn, "password", null)]
    public async Task Track_BeyondTheShop_KeepsSubjectAndText(string name, string properties, EventKind kind, string? subject, string? text)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/track", $$"""{"userId":"alice","event":"{{name}}","properties":{{properties}}}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var stored = Assert.Single(host.Engine.Events);
        Assert.Equal((kind, subject, text), (stored.Kind, stored.Subject, stored.Text));
    }

    [Theory]
    [InlineData("""{"properties":{"consents":{"email":true,"sms":false}}}""")]
    [InlineData("""{"properties":{},"context":{"consent":{"categoryPreferences":{"email":true,"sms":false}}}}""")]
    public async Task Track_ConsentChanged_KeepsEveryPurpose(string rest)
    {
        await using var host = await TestHost.StartAsync();

        await host.PostAsync("/v1/track", """{"userId":"alice","event":"Consent Changed",""" + rest[1..]);

        Assert.Equal(new Dictionary<string, bool> { ["email"] = true, ["sms"] = false }, Assert.Single(host.Engine.Events).Consents);
    }

    [Fact]
    public async Task Track_Ga4Purchase_ReadsItemsAndTransaction()
    {
        await using var host = await TestHost.StartAsync();

        await host.PostAsync("/v1/track", """
            {"userId":"alice","event":"purchase","properties":{"transaction_id":"t1","value":72.05,"currency":"USD","coupon":"SPRING",
             "items":[{"item_id":"SKU_1","item_name":"Tee","item_brand":"Acme","item_category":"tops",
                       "price":10.01,"quantity":3},{"item_id":7}]}}
            """);

        var stored = Assert.Single(host.Engine.Events);
        Assert.Equal((EventKind.OrderCompleted, "t1", 72.05m, "USD", "SPRING"),
            (stored.Kind, stored.OrderId, stored.Value, stored.Currency, stored.Subject));
        Assert.Equal([new ProductLine("SKU_1", "tops", "Acme", "Tee", 10.01m, 3), new ProductLine("7")], stored.Products);
    }

    [Fact]
    public async Task TraceParent_OfTheCall_StaysWithTheEvent()
    {
        await using var host = await TestHost.StartAsync();
        const string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

        await host.PostAsync("/v1/page", """{"anonymousId":"v1"}""", change: request => request.Headers.Add("traceparent", trace));

        Assert.Equal(trace, Assert.Single(host.Engine.Events).TraceParent);
    }

    [Theory]
    [InlineData("Product Viewed", EventKind.ProductViewed)]
    [InlineData("view_item", EventKind.ProductViewed)]
    [InlineData("product_view", EventKind.ProductViewed)]
    [InlineData("Product List Viewed", EventKind.ListViewed)]
    [InlineData("select_item", EventKind.ListClicked)]
    [InlineData("Products Searched", EventKind.Searched)]
    [InlineData("view_search_results", EventKind.Searched)]
    [InlineData("ADD-TO-CART", EventKind.CartAdded)]
    [InlineData("remove_from_cart", EventKind.CartRemoved)]
    [InlineData("view_cart", EventKind.CartViewed)]
    [InlineData("begin_checkout", EventKind.CheckoutStarted)]
    [InlineData("add_payment_info", EventKind.CheckoutStep)]
    [InlineData("trns_error", EventKind.PaymentFailed)]
    [InlineData("transaction", EventKind.OrderCompleted)]
    [InlineData("Order Refunded", EventKind.OrderRefunded)]
    [InlineData("Coupon Denied", EventKind.CouponDenied)]
    [InlineData("Recommendation Shown", EventKind.RecommendationShown)]
    [InlineData("Promotion Viewed", EventKind.Custom)]
    [InlineData("", EventKind.Custom)]
    public void Names_OfThreeVocabularies_MeanOneKind(string name, EventKind kind) => Assert.Equal(kind, EventNames.KindOf(name));

    [Fact]
    public void Names_EveryKindButCustom_HasOne()
    {
        var named = EventNames.All.Values.ToHashSet();
        Assert.Equal(
            Enum.GetValues<EventKind>().Where(kind => kind != EventKind.Custom), Enum.GetValues<EventKind>().Where(named.Contains));
    }
}
