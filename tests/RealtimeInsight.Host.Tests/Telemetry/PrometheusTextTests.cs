using System.Diagnostics.Metrics;
using RealtimeInsight.Host.Telemetry;

namespace RealtimeInsight.Host.Tests.Telemetry;

public sealed class PrometheusTextTests
{
    [Theory]
    [InlineData("realtime_insight.events.received", "{event}", "Counter", "realtime_insight_events_received_total")]
    [InlineData("http.server.request.duration", "s", "Histogram", "http_server_request_duration_seconds")]
    [InlineData("dotnet.gc.last_collection.heap.size", "By", "Gauge", "dotnet_gc_last_collection_heap_size_bytes")]
    [InlineData("realtime_insight.engine.load", "1", "Gauge", "realtime_insight_engine_load_ratio")]
    [InlineData("process.cpu.time", "s", "Counter", "process_cpu_time_seconds_total")]
    [InlineData("wait.ms", "ms", "Gauge", "wait_ms_milliseconds")]
    [InlineData("orleans-messaging-header-size", "bytes", "Counter", "orleans_messaging_header_size_bytes_total")]
    [InlineData("orleans-memory", "MB", "Gauge", "orleans_memory_megabytes")]
    [InlineData("a..b-_c", "x y", "Gauge", "a_b_c_x_y")]
    [InlineData("9lives", null, "Gauge", "_9lives")]
    [InlineData("already_total", "{x}", "Counter", "already_total")]
    public void Name_OfAnInstrument_CarriesUnitAndKind(string instrument, string? unit, string type, string expected) =>
        Assert.Equal(expected, PrometheusText.NameOf(instrument, unit, Enum.Parse<MetricType>(type)));

    [Fact]
    public void Render_EveryKindOfInstrument_HasHelpTypeAndSamples()
    {
        using var meter = new Meter("Test.Kinds");
        using var store = new MetricStore(["Test.Kinds"]);
        var counter = meter.CreateCounter<long>("jobs", "{job}", "Jobs \\ done\nso far.");
        var histogram = meter.CreateHistogram<double>("wait", "s", "Waiting.", advice: new() { HistogramBucketBoundaries = [0.1, 1] });
        var upDown = meter.CreateUpDownCounter<int>("open", "{door}", "Open doors.");
        meter.CreateObservableGauge(
            "level", () => new Measurement<double>(0.5, new KeyValuePair<string, object?>("tank", "a")), "1", "Level.");
        meter.CreateGauge<int>("speed", "{turn}", "Turns.").Record(7);

        counter.Add(2, new("kind", "a\"b\\c\nd"), new("at.place", 3));
        counter.Add(1, new("kind", "a\"b\\c\nd"), new("at.place", 3));
        foreach (var wait in new[] { 0.05, 0.1, 0.5, 2 }) histogram.Record(wait);
        upDown.Add(3);
        upDown.Add(-1);

        Assert.Equal("""
            # HELP jobs_total Jobs \\ done\nso far.
            # TYPE jobs_total counter
            jobs_total{at_place="3",kind="a\"b\\c\nd"} 3
            # HELP level_ratio Level.
            # TYPE level_ratio gauge
            level_ratio{tank="a"} 0.5
            # HELP open Open doors.
            # TYPE open gauge
            open 2
            # HELP speed Turns.
            # TYPE speed gauge
            speed 7
            # HELP wait_seconds Waiting.
            # TYPE wait_seconds histogram
            wait_seconds_bucket{le="0.1"} 2
            wait_seconds_bucket{le="1"} 3
            wait_seconds_bucket{le="+Inf"} 4
            wait_seconds_sum 2.65
            wait_seconds_count 4

            """.ReplaceLineEndings("\n"), store.Render());
    }

    [Fact]
    public void Series_BeyondTheLimit_ShareTheOverflow()
    {
        using var meter = new Meter("Test.Overflow");
        using var store = new MetricStore(["Test.Overflow"]);
        var counter = meter.CreateCounter<long>("hits", "{hit}", "Hits.");

        for (var i = 0; i < MetricFamily.SeriesMax + 25; i++) counter.Add(1, new KeyValuePair<string, object?>("id", i));

        var lines = store.Render().Split('\n');
        Assert.Equal(MetricFamily.SeriesMax + 1, lines.Count(line => line.StartsWith("hits_total{", StringComparison.Ordinal)));
        Assert.Contains("hits_total{otel_metric_overflow=\"true\"} 25", lines);
    }

    [Fact]
    public void Meters_NotExported_AreLeftOut()
    {
        using var meter = new Meter("Test.Private");
        using var store = new MetricStore(["Test.Public"]);

        meter.CreateCounter<long>("hits", "{hit}", "Hits.").Add(1);

        Assert.Equal("", store.Render());
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(1234567.5, "1234567.5")]
    public void Number_AsPrometheusReadsIt(double value, string expected) => Assert.Equal(expected, PrometheusText.Number(value));
}
