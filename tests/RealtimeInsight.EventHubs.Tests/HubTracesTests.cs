using System.Collections.Concurrent;
using System.Diagnostics;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs.Tests;

public sealed class HubTracesTests
{
    private const string First = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string Second = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

    [Fact]
    public async Task Process_Batch_IsOneConsumerSpanWithALinkToEachProducer()
    {
        var world = World("p-links", "ada", "bob", "cyd", "dee", "eve");
        var inside = new List<ActivityContext?>();
        world.Sink = new Sink(() => inside.Add(Activity.Current?.Context));
        using var spans = new Spans(world.Partition);

        await world.NewOwner().ProcessAsync(
            [
                world.At(0) with { TraceParent = First }, world.At(1) with { TraceParent = Second },
                world.At(2) with { TraceParent = First }, world.At(3) with { TraceParent = "|old.form." }, world.At(4),
            ],
            CancellationToken.None);

        var span = Assert.Single(spans.Stopped);
        Assert.Equal(("process clicks", ActivityKind.Consumer), (span.DisplayName, span.Kind));
        Assert.Equal([First, Second], span.Links.Select(static link => Text(link.Context)));
        Assert.All(span.Links, static link => Assert.True(link.Context.IsRemote));
        Assert.Equal(span.Context, Assert.Single(inside));
        Assert.NotEqual(span.TraceId, span.Links.First().Context.TraceId);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    [Fact]
    public async Task Process_Batch_HasTheTagsOfTheConventionsAndNoCustomer()
    {
        var world = World("p-tags", "ada", "poison");
        using var spans = new Spans(world.Partition);

        await world.NewOwner().ProcessAsync([world.At(0), world.At(1)], CancellationToken.None);

        var span = Assert.Single(spans.Stopped);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["messaging.system"] = "eventhubs", ["messaging.operation.name"] = "process", ["messaging.operation.type"] = "process",
                ["messaging.destination.name"] = "clicks", ["messaging.consumer.group.name"] = "$Default",
                ["messaging.destination.partition.id"] = "p-tags", ["messaging.batch.message_count"] = 2,
                ["server.address"] = "shop.servicebus.windows.net",
            },
            span.TagObjects.ToDictionary());
        Assert.Empty(span.Links);
    }

    [Fact]
    public async Task Process_MoreProducersThanASpanKeeps_LinksTheFirst()
    {
        var world = World("p-many", [.. Enumerable.Repeat("ada", HubTraces.LinksMax + 5)]);
        using var spans = new Spans(world.Partition);

        var received = Enumerable.Range(1, world.Bodies.Count - 1)
            .Select(at => world.At(at) with { TraceParent = $"00-{at:x32}-{at:x16}-01" });

        await world.NewOwner().ProcessAsync([.. received], CancellationToken.None);

        Assert.Equal(HubTraces.LinksMax, Assert.Single(spans.Stopped).Links.Count());
    }

    [Fact]
    public async Task Process_Fails_SpanSaysSo()
    {
        var world = World("p-fails", "ada");
        world.Sink = new Sink(static () => throw new InvalidDataException("no"));
        using var spans = new Spans(world.Partition);

        await Assert.ThrowsAsync<InvalidDataException>(() => world.NewOwner().ProcessAsync([world.At(0)], CancellationToken.None));

        var span = Assert.Single(spans.Stopped);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal("System.IO.InvalidDataException", span.GetTagItem("error.type"));
    }

    [Theory]
    [InlineData("traceparent", First, First)]
    [InlineData("Diagnostic-Id", First, First)]
    [InlineData("tracestate", First, null)]
    [InlineData("traceparent", 7, null)]
    public void ContextOf_Properties_IsWhatTheProducerSent(string name, object value, string? expected) =>
        Assert.Equal(expected, HubTraces.ContextOf(new Dictionary<string, object> { [name] = value }));

    [Fact]
    public void ContextOf_BothNames_IsThatOfTheNewerOne() => Assert.Equal(
        First, HubTraces.ContextOf(new Dictionary<string, object> { ["Diagnostic-Id"] = Second, ["traceparent"] = First }));

    private static HubWorld World(string partition, params string[] bodies)
    {
        var world = new HubWorld
        {
            Partition = partition,
            Options = new HubReaderOptions { Hub = "clicks", Namespace = "shop.servicebus.windows.net" },
        };
        world.Bodies.AddRange(bodies);
        return world;
    }

    private static string Text(ActivityContext context) => $"00-{context.TraceId}-{context.SpanId}-{(int)context.TraceFlags:x2}";

    private sealed class Sink(Action onIngest) : IPartitionSink
    {
        public ValueTask IngestAsync(PartitionBatch batch, CancellationToken cancellationToken)
        {
            onIngest();
            return ValueTask.CompletedTask;
        }

        public ValueTask SaveAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    /// <summary>The ended spans of one partition; other tests read others at the same time.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ActivityListener _listener;

        public Spans(string partition)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = static source => source.Name == HubTraces.SourceName,
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = span =>
                {
                    if (span.GetTagItem("messaging.destination.partition.id") as string == partition) Stopped.Enqueue(span);
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public ConcurrentQueue<Activity> Stopped { get; } = new();

        public void Dispose() => _listener.Dispose();
    }
}
