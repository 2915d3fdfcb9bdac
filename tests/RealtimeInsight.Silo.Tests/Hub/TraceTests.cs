using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using RealtimeInsight.Silo.Tests.Parts;
using RealtimeInsight.Silo.Tests.Process;

namespace RealtimeInsight.Silo.Tests.Hub;

public sealed class TraceTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Customer = "customer-of-the-trace";
    private const string Policy = """
        { "name": "p", "hold_out": { "fraction": 0, "salt": "s" }, "cool_down": "0s",
          "rules": [ { "id": "thanks", "on": ["order_completed"], "action": "message" } ] }
        """;

    [Fact]
    public async Task Order_ThatBringsAnAction_IsOneTraceFromTheRequestOverTheGrainToTheDelivery()
    {
        var spans = new ConcurrentBag<Activity>();
        var delivered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source =>
                source.Name is "Microsoft.AspNetCore" or "Microsoft.Orleans.Application" or "RealtimeInsight.Orleans",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId.ToHexString() != TraceId) return;
                spans.Add(span);
                if (span.Source.Name == "RealtimeInsight.Orleans") delivered.TrySetResult();
            },
        };
        ActivitySource.AddActivityListener(listener);
        var policy = Path.GetTempFileName() + ".json";
        await File.WriteAllTextAsync(policy, Policy);
        await using var silo = await TestSilo.StartAsync(null, $"--Host:Policy={policy}");

        using var client = new HttpClient { BaseAddress = new Uri(silo.Host.Address) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/track")
        {
            Content = JsonContent.Create(new
            {
                userId = Customer, @event = "Order Completed", messageId = "m-1", properties = new { order_id = "o-1", total = 20 },
            }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "write-key-1");
        request.Headers.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        using var response = await client.SendAsync(request);
        Assert.Contains("\"accepted\":1", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await delivered.Task.WaitAsync(SiloProcess.Patience);
        File.Delete(policy);

        Assert.Contains(spans, static span => span.Source.Name == "Microsoft.AspNetCore" && span.Kind == ActivityKind.Server);
        Assert.Contains(spans, static span => span.Source.Name == "Microsoft.Orleans.Application" && span.Kind == ActivityKind.Server);
        var delivery = Assert.Single(spans, static span => span.Source.Name == "RealtimeInsight.Orleans");
        Assert.Equal("Delivered", delivery.GetTagItem("realtime_insight.outcome"));
        Assert.DoesNotContain(
            delivery.TagObjects, static tag => tag.Value?.ToString()?.Contains(Customer, StringComparison.Ordinal) == true);

        var metrics = await silo.MetricsAsync();
        foreach (var name in (string[])
            ["realtime_insight_cluster_events_total{", "realtime_insight_cluster_deliveries_total{",
                "realtime_insight_cluster_save_duration", "orleans_", "realtime_insight_inference_scores_total{", "dotnet_"])
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Customer, metrics, StringComparison.Ordinal);
    }
}
