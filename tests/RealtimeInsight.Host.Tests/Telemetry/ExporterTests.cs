#if PROMETHEUS_EXPORTER
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using RealtimeInsight.Host.Telemetry;

namespace RealtimeInsight.Host.Tests.Telemetry;

/// <summary>The OpenTelemetry exporter and the built-in text endpoint are read by the same rules and dashboards.</summary>
public sealed class ExporterTests
{
    [Fact]
    public async Task Exporter_EveryKindOfInstrument_WritesWhatTheBuiltInEndpointWrites()
    {
        await using var host = await TestHost.StartAsync();
        var factory = host.Host.Services.GetRequiredService<IMeterFactory>();
        using var store = new MetricStore([HostMeter.Name], factory);
        RecordEveryKind(factory.Create(HostMeter.Name));

        var exported = await host.MetricsAsync();

        var lines = Lines(store.Render());
        Assert.Equal(Lines(exported), lines);
        Assert.Contains("test_wait_seconds_bucket{le=\"0.025\"} 1", lines);
        Assert.Contains("test_share_ratio{tank=\"a\"} 0.5", lines);
    }

    [Fact]
    public async Task Exporter_WholeHost_HasTheFamiliesOfTheBuiltInEndpoint()
    {
        await using var host = await TestHost.StartAsync();
        using var store = new MetricStore(HostMeter.Exported, host.Host.Services.GetRequiredService<IMeterFactory>());
        await host.PostAsync("/v1/track", """{"userId":"a","event":"Order Completed","properties":{"total":3}}""");
        await host.PostAsync("/v1/batch", "{");

        // Asked first: a family may come, and none goes.
        var builtIn = Types(store.Render());
        var exported = Types(await host.MetricsAsync());

        Assert.Empty(builtIn.Except(exported));
        Assert.Contains("# TYPE realtime_insight_intake_requests_total counter", builtIn);
    }

    [Fact]
    public async Task Exporter_MeterOfAnotherHost_IsLeftOut()
    {
        await using var host = await TestHost.StartAsync();
        await using var other = await TestHost.StartAsync();
        foreach (var (one, value) in new[] { (host, 1L), (other, 5L) })
        {
            one.Host.Services.GetRequiredService<IMeterFactory>().Create(HostMeter.Name).CreateCounter<long>("test.jobs").Add(value);
        }

        await host.AssertMetricAsync(1, "test_jobs_total");
        await other.AssertMetricAsync(5, "test_jobs_total");
    }

    private static void RecordEveryKind(Meter meter)
    {
        var counter = meter.CreateCounter<long>("test.jobs", "{job}", "Jobs \\ done\nso far.");
        counter.Add(2, new("kind", "a\"b\\c\nd"), new("at.place", 3), new("is.new", true));
        counter.Add(1, new("is.new", true), new("at.place", 3), new("kind", "a\"b\\c\nd"));
        meter.CreateCounter<double>("test.sent-size", "bytes", "Size.").Add(0.1);
        meter.CreateUpDownCounter<int>("test.open", "{door}", "Open doors.").Add(-1);
        meter.CreateGauge<int>("test.speed", "MB", "Speed.").Record(7);
        meter.CreateHistogram<double>("test.wait", "s", "Waiting.").Record(0.02);
        meter.CreateHistogram<int>("test.rows", "{row}", "Rows.").Record(64);
        meter.CreateHistogram<double>("test.delay", "ms", "Delay.").Record(1.5);
        meter.CreateHistogram<double>("test.age", "s", "Age.", advice: new() { HistogramBucketBoundaries = [0, 0.5] }).Record(0.1 + 0.2);
        meter.CreateObservableCounter("test.seen", () => 12_345_678_901L, "{event}", "Seen.");
        meter.CreateObservableUpDownCounter("test.waiting", () => 3, "{event}", "Waiting.");
        meter.CreateObservableGauge(
            "test.share", () => new Measurement<double>(0.5, new KeyValuePair<string, object?>("tank", "a")), "1", "Share.");
        meter.CreateObservableGauge("test.level", () => double.NaN, "%", "Level.");
    }

    /// <summary>Those of the instruments above, with the labels of each ordered by name.</summary>
    private static List<string> Lines(string text) =>
    [
        .. text.Split('\n')
            .Where(static line => line.Replace("# HELP ", "").Replace("# TYPE ", "").StartsWith("test_", StringComparison.Ordinal))
            .Select(Ordered).Order(StringComparer.Ordinal),
    ];

    private static string Ordered(string line)
    {
        var open = line.IndexOf('{', StringComparison.Ordinal);
        var close = line.LastIndexOf('}');
        if (line[0] == '#' || open < 0) return line;
        var labels = line[(open + 1)..close].Split("\",").Select(static label => label.TrimEnd('"')).Order(StringComparer.Ordinal).ToList();
        return labels is [""] ? line.Remove(open, 2) : $"{line[..open]}{{{string.Join("\",", labels)}\"{line[close..]}";
    }

    private static HashSet<string> Types(string text) =>
        [.. text.Split('\n').Where(static line => line.StartsWith("# TYPE ", StringComparison.Ordinal))];
}
#endif
