using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Host.Channels;

namespace RealtimeInsight.Host.Tests.Composition;

/// <summary>The whole host with the embedded engine, its store and the shipped model.</summary>
public sealed class EndToEndTests
{
    private static readonly TimeSpan DemoPatience = TimeSpan.FromMinutes(3);

    [NodeFact]
    public async Task AnalyticsNode_SendsAVisit_TheCustomerIsReadBackAndSurvivesARestart()
    {
        using var folder = new TempFolder();
        await using (var host = await StartAsync(folder))
        {
            var (code, output) = await Programs.RunAsync(
                "node", ["send.mjs", host.Address, TestHost.WriteKey], folder: NodeFactAttribute.Folder);
            Assert.True(code == 0, output);
            Assert.Equal(5, (int)JsonNode.Parse(output)!["delivered"]!);

            AssertVisit(await GetAsync(host, "/v1/customers/node-customer"));
            var timeline = (await GetAsync(host, "/v1/customers/node-customer/timeline")).AsArray();
            Assert.Contains("cart_added", timeline.Select(entry => (string)entry!["name"]!));
            var visitor = await GetAsync(host, "/v1/customers/node-visitor");
            Assert.Equal(("node-customer", "node-customer"), ((string)visitor["customer_id"]!, (string)visitor["merged_into"]!));
            await host.App.StopAsync();
        }

        await using var again = await StartAsync(folder);
        AssertVisit(await GetAsync(again, "/v1/customers/node-customer"));
    }

    [Fact]
    public async Task Cart_LeftBehind_SendsASignedWebhookAndThePurchaseIsItsOutcome()
    {
        using var folder = new TempFolder();
        await using var receiver = await WebhookReceiver.StartAsync(_ => 200);
        var policy = folder.File("policy.yaml", """
            name: test
            rules:
              - id: remind
                on: cart_abandoned
                action: reminder
                parameters: { template: cart }
            """);
        await using var host = await StartAsync(folder, policy, ("Channels:Webhook:Url", receiver.Url),
            ("Channels:Webhook:Secrets:0", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), ("Channels:Webhook:AllowHosts:0", "127.0.0.1"),
            ("Customer:SessionGap", "00:00:02"), ("Customer:CartAtRiskAfter", "00:00:01"), ("Customer:CartAbandonedAfter", "00:00:02"));

        await PostAsync(host, "/v1/track", """
            {"userId":"carl","event":"Product Added","properties":{"product_id":"p1","price":20,"quantity":2,"currency":"EUR"}}
            """);
        await receiver.Arrived.WaitAsync().WaitAsync(TestHost.Patience);
        var seen = receiver.Seen[0];
        var action = JsonNode.Parse(seen.Body)!;
        await PostAsync(host, "/v1/track", """
            {"userId":"carl","event":"Order Completed",
             "properties":{"order_id":"o1","total":40,"currency":"EUR","products":[{"product_id":"p1"}]}}
            """);

        Assert.Equal(("1.0", "carl"), ((string)action["specversion"]!, (string)action["subject"]!));
        Assert.Equal("remind", (string)action["data"]!["rule"]!);
        Assert.StartsWith("v1,", seen.Headers["webhook-signature"]);
        Assert.Equal((string)action["id"]!, seen.Headers["webhook-id"]);
        var customer = await GetAsync(host, "/v1/customers/carl");
        Assert.Equal(
            ("converted", "recovered"), ((string)customer["cart"]!["state"]!, (string)customer["last_decisions"]![0]!["outcome"]!));
        var decision = await GetAsync(host, $"/v1/decisions/{seen.Headers["webhook-id"]}");
        Assert.Equal("carl", (string)decision["customer_id"]!);

        var why = await GetAsync(host, $"/v1/decisions/{seen.Headers["webhook-id"]}/explain?head=abandonment");
        Assert.Equal((double)decision["record"]!["scores"]!["abandonment"]!, (double)why["score"]!, 1e-5);
        AssertAddsUp(why);
        var now = await GetAsync(host, "/v1/customers/carl/explain?head=churn");
        Assert.Equal((double)customer["scores"]!["churn"]!, (double)now["score"]!, 1e-5);
        AssertAddsUp(now);
    }

    [Fact]
    public async Task Cart_LeftBehindWithoutAWebhook_IsWrittenToTheActionsFile()
    {
        using var folder = new TempFolder();
        await using var host = await StartAsync(folder, null,
            ("Customer:SessionGap", "00:00:02"), ("Customer:CartAtRiskAfter", "00:00:01"), ("Customer:CartAbandonedAfter", "00:00:02"),
            ("Host:Policy", PolicyFile.DemoPath));
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(folder.Path, LogChannel.FileName);
        watcher.Changed += (_, _) => written.TrySetResult();
        watcher.EnableRaisingEvents = true;

        // The hold-out leaves a tenth of all customers alone; of twenty some are treated.
        var items = string.Join(',', Enumerable.Range(0, 20).Select(i =>
            $$$"""{"type":"track","userId":"c{{{i}}}","event":"Product Added","properties":{"product_id":"p","price":9}}"""));
        await PostAsync(host, "/v1/batch", $$"""{"batch":[{{items}}]}""");
        await written.Task.WaitAsync(TestHost.Patience);
        await host.App.StopAsync();

        var lines = await File.ReadAllLinesAsync(Path.Combine(folder.Path, LogChannel.FileName));
        Assert.All(lines, line => Assert.Equal("cart-reminder", (string)JsonNode.Parse(line)!["data"]!["rule"]!));
    }

    [Fact]
    public async Task Rejects_OfEverySource_AreKeptOverARestart()
    {
        using var folder = new TempFolder();
        await using (var host = await StartAsync(folder))
        {
            await PostAsync(host, "/v1/batch", """
                {"batch":[{"type":"page","anonymousId":"v","timestamp":"2001-01-01T00:00:00Z"},
                          {"type":"page","anonymousId":"v"},{"type":"x"}]}
                """);
            await PostAsync(host, "/v1/track", "{");
            await host.App.StopAsync();
        }

        await using var again = await StartAsync(folder);
        var codes = (await GetAsync(again, "/v1/rejects"))["items"]!.AsArray().Select(reject => (string)reject!["code"]!).ToList();
        Assert.Contains("unsupported_type", codes);
        Assert.Contains("invalid_json", codes);
    }

    [Fact]
    public async Task Model_Missing_DegradesButTakesEvents()
    {
        using var folder = new TempFolder();
        await using var host = await StartAsync(folder, null, ("Host:Models", Path.Combine(folder.Path, "nowhere")));

        var ready = await GetAsync(host, "/health/ready");
        await PostAsync(host, "/v1/page", """{"userId":"dora"}""");

        Assert.Equal("degraded", (string)ready["status"]!);
        Assert.Contains(ready["reasons"]!.AsArray(), reason => ((string)reason!).Contains("model", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("dora", (string)(await GetAsync(host, "/v1/customers/dora"))["customer_id"]!);
    }

    [Fact]
    public async Task Demo_FromStartToStop_ShowsActionsAndEndsCleanly()
    {
        using var folder = new TempFolder();
        using var output = new LineWriter();
        using var error = new StringWriter();
        using var stop = new CancellationTokenSource();
        var run = HostProgram.RunAsync(
            new HostArguments
            {
                Port = 0,
                DataDir = folder.Path,
                Settings = new Dictionary<string, string?>
                {
                    ["Demo:TimeCompression"] = "600",
                    ["Demo:Customers"] = "400",
                    ["Demo:SessionGap"] = "00:00:03",
                    ["Demo:CartAtRiskAfter"] = "00:00:01",
                    ["Demo:CartAbandonedAfter"] = "00:00:03",
                    ["Demo:StatusInterval"] = "00:00:01",
                },
            },
            output, error, stop.Token);

        await output.LineAsync(line => line.Contains("cart abandoned", StringComparison.Ordinal), DemoPatience);
        await output.LineAsync(line => line.Contains("action sent", StringComparison.Ordinal), DemoPatience);
        await output.LineAsync(line => line.StartsWith("-- ", StringComparison.Ordinal) && !line.Contains(" 0 actions sent"), DemoPatience);
        await stop.CancelAsync();
        var code = await run.WaitAsync(InsightHost.StopMax);

        Assert.Equal((HostProgram.ExitSuccess, ""), (code, error.ToString()));
        Assert.EndsWith("Stopped; everything accepted is saved.", output.Text);
        Assert.Contains("--no-demo turns all of this off", output.Text);
        using var reopened = DataFolder.Open(folder.Path);
    }

    private static void AssertAddsUp(JsonNode explanation) => Assert.Equal(
        (double)explanation["score"]! - (double)explanation["reference"]!,
        explanation["contributions"]!.AsArray().Sum(static one => (double)one!["value"]!), 1e-9);

    private static void AssertVisit(JsonNode customer)
    {
        Assert.Equal("node-customer", (string)customer["customer_id"]!);
        Assert.InRange((int)customer["profile"]!["events"]!, 3, 5);
        Assert.Equal("gold", (string)customer["profile"]!["traits"]!["plan"]!);
        Assert.Equal("anon:node-visitor", (string)customer["profile"]!["linked_visitors"]![0]!);
        Assert.Equal(59.9m, (decimal)customer["cart"]!["value"]!);
        Assert.Equal("behaviour/1", (string)customer["scores"]!["model"]!);
        Assert.InRange((double)customer["scores"]!["churn"]!, 0, 1);
    }

    private static async Task<InsightHost> StartAsync(
        TempFolder folder, string? policy = null, params (string Key, string Value)[] settings)
    {
        var given = settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
        given["Intake:WriteKeys:0"] = TestHost.WriteKey;
        given["Api:ReadKeys:0"] = TestHost.ReadKey;
        var arguments = new HostArguments { Port = 0, DataDir = folder.Path, NoDemo = true, Policy = policy, Settings = given };
        var host = InsightHost.Build(HostSettings.Read(arguments), TextWriter.Null);
        await host.StartAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(TestHost.Patience);
        await host.Services.GetRequiredService<EngineGate>().OpenedAsync(limit.Token);
        return host;
    }

    private static async Task<JsonNode> GetAsync(InsightHost host, string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(host.Address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestHost.ReadKey);
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private static async Task PostAsync(InsightHost host, string path, string body)
    {
        using var client = new HttpClient { BaseAddress = new Uri(host.Address) };
        client.DefaultRequestHeaders.Authorization = TestHost.Basic(TestHost.WriteKey);
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body));
        await response.Content.LoadIntoBufferAsync();
    }
}
