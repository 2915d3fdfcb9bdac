using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace RealtimeInsight.Host.Tests.Telemetry;

public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task Metrics_AreTextOfTheRightVersionAndHoldNoCustomer()
    {
        await using var host = await TestHost.StartAsync();
        await host.PostAsync("/v1/track", """{"userId":"secret-alice","event":"Secret Name","properties":{"value":1}}""");
        await host.PostAsync("/v1/track", """{"userId":"secret-alice"}""");

        using var response = await host.Client.GetAsync(new Uri("/metrics", UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Contains("# TYPE realtime_insight_events_received_total counter", text);
        await host.AssertMetricAsync(1, "realtime_insight_intake_requests_total", ("call", "track"), ("status", "400"));
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", text);
        Assert.Contains("dotnet_", text);
        Assert.DoesNotContain("secret", text, StringComparison.OrdinalIgnoreCase);
    }

    [RequiresProgramFact("promtool")]
    public async Task Metrics_PassPromtool()
    {
        await using var host = await TestHost.StartAsync();
        await host.PostAsync("/v1/track", """{"userId":"a","event":"Order Completed","properties":{"total":3}}""");
        await host.PostAsync("/v1/batch", "{");

        var (code, output) = await Programs.RunAsync("promtool", ["check", "metrics"], await host.MetricsAsync());

        // The names are those of the runtime; promtool wants _count for histograms only, and finds nothing else.
        var complaints = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !(line.StartsWith("dotnet_", StringComparison.Ordinal) && line.Contains("_count", StringComparison.Ordinal)));
        Assert.Empty(complaints);
        Assert.True(code is 0 or 3, $"promtool ended with {code}");
    }

    [RequiresProgramFact("prometheus")]
    public async Task Metrics_AreScrapedByPrometheus()
    {
        await using var host = await TestHost.StartAsync();
        await host.PostAsync("/v1/page", """{"anonymousId":"v"}""");
        using var folder = new TempFolder();
        var port = FreePort();
        var configuration = folder.File("prometheus.yml", $$"""
            global: { scrape_interval: 200ms, scrape_timeout: 200ms }
            scrape_configs:
              - job_name: insight
                static_configs: [ { targets: [ "{{new Uri(host.Host.Address).Authority}}" ] } ]
            """);
        using var prometheus = Programs.Start("prometheus",
            [$"--config.file={configuration}", $"--storage.tsdb.path={folder.Path}/tsdb", $"--web.listen-address=127.0.0.1:{port}"]);
        try
        {
            // Prometheus has no signal for its first scrape: each question waits for the answer to the one before.
            using var limit = new CancellationTokenSource(TestHost.Patience);
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            Assert.Equal("1", await ValueAsync(client, "up{job=\"insight\"}", "1", limit.Token));
            Assert.NotNull(await ValueAsync(client, "realtime_insight_events_received_total{type=\"page_viewed\"}", null, limit.Token));
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync();
        }
    }

    private static async Task<string?> ValueAsync(HttpClient client, string query, string? wanted, CancellationToken limit)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        string? value = null;
        while ((value is null || (wanted is not null && value != wanted)) && await timer.WaitForNextTickAsync(limit))
        {
            try
            {
                var json = await client.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}", limit);
                value = (string?)JsonNode.Parse(json)!["data"]!["result"]!.AsArray().FirstOrDefault()?["value"]![1];
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
        }

        return value;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
