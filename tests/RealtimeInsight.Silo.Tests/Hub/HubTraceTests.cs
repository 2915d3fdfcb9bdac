using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.EventHubs;
using RealtimeInsight.Host.EventHubs;
using RealtimeInsight.Host.Intake;
using RealtimeInsight.Silo.Tests.Parts;
using RealtimeInsight.Silo.Tests.Process;

namespace RealtimeInsight.Silo.Tests.Hub;

/// <summary>Orders of a hub that one of two silos reads, each with its producer's trace, and the actions that they bring.</summary>
public sealed class HubTraceTests
{
    private const string HubPartition = "trace-partition";
    private const string Policy = """
        { "name": "p", "hold_out": { "fraction": 0, "salt": "s" }, "cool_down": "0s",
          "rules": [ { "id": "thanks", "on": ["order_completed"], "action": "message" } ] }
        """;

    [Fact]
    public async Task Orders_OfOneBatch_AreTracedToTheirActionsOnBothSilos()
    {
        var spans = new ConcurrentBag<Activity>();
        var deliveries = new SemaphoreSlim(0);
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source =>
                source.Name is "Microsoft.Orleans.Application" or "RealtimeInsight.Orleans" or HubInstruments.MeterName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                spans.Add(span);
                if (span.Source.Name == "RealtimeInsight.Orleans" && IsOurs(span.TraceId)) deliveries.Release();
            },
        };
        ActivitySource.AddActivityListener(listener);
        var policy = Path.GetTempFileName() + ".json";
        await File.WriteAllTextAsync(policy, Policy);
        await using var first = await TestSilo.StartAsync(null, $"--Host:Policy={policy}");
        await using var second = await TestSilo.StartAsync(first, $"--Host:Policy={policy}");
        await first.HoldAsync("trace-customer-0");
        await second.HoldAsync("trace-customer-1");

        await Pump(first).ProcessAsync([Order(0), Order(1)], CancellationToken.None);
        for (var i = 0; i < 2; i++) Assert.True(await deliveries.WaitAsync(SiloProcess.Patience), $"delivery {i}");
        File.Delete(policy);

        var batch = Assert.Single(spans, static span =>
            span.Source.Name == HubInstruments.MeterName && (string?)span.GetTagItem("messaging.destination.partition.id") == HubPartition);
        Assert.Equal([TraceOf(0), TraceOf(1)], batch.Links.Select(static link => link.Context.TraceId.ToHexString()));
        // The calls to the grains are within the batch's own trace, on both of their ends.
        foreach (var kind in (ActivityKind[])[ActivityKind.Client, ActivityKind.Server])
        {
            Assert.Contains(spans, span => span.TraceId == batch.TraceId && span.Kind == kind
                && span.Source.Name == "Microsoft.Orleans.Application" && span.DisplayName.Contains("Observe", StringComparison.Ordinal));
        }

        Assert.Equal(
            [TraceOf(0), TraceOf(1)],
            spans
                .Where(static span => span.Source.Name == "RealtimeInsight.Orleans" && IsOurs(span.TraceId))
                .Select(static span => span.TraceId.ToHexString()).Order(StringComparer.Ordinal));
        foreach (var silo in (TestSilo[])[first, second])
        {
            Assert.Equal(1, await silo.MetricAsync("realtime_insight_cluster_deliveries_total", "result=\"delivered\""));
        }
    }

    private static PartitionPump Pump(TestSilo silo) => new(
        HubPartition, silo.Services.GetRequiredService<Func<string, IPartitionSink>>()("hub-traced"),
        new HubEventReader(new IntakeOptions()), new HubReaderOptions { Hub = "clicks" }, static (_, _) => Task.CompletedTask,
        new HubInstruments(new Meter(HubInstruments.MeterName)), TimeProvider.System, NullLogger.Instance);

    private static HubEvent Order(int at) => new(
        new HubPosition(at, $"o{at}"), $"hub-traced-{at}", TimeProvider.System.GetUtcNow(),
        Encoding.UTF8.GetBytes($$"""
            { "type": "track", "userId": "trace-customer-{{at}}", "event": "Order Completed",
              "properties": { "order_id": "o-{{at}}", "total": 20 } }
            """))
    {
        TraceParent = $"00-{TraceOf(at)}-b7ad6b7169203331-01",
    };

    private static string TraceOf(int at) => $"5af7651916cd43dd8448eb211c80319{at}";

    private static bool IsOurs(ActivityTraceId trace) => trace.ToHexString() is { } text && (text == TraceOf(0) || text == TraceOf(1));
}
