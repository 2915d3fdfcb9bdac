using RealtimeInsight.Cli.Bench;
using RealtimeInsight.Cli.Bench.Redis;
using RealtimeInsight.Cli.Bench.Transformer;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Onnx;

namespace RealtimeInsight.Cli.Tests.Bench;

public sealed class ComparisonScenarioTests
{
    [CommandsFact("redis-server")]
    public async Task Redis_SmallRun_EndsWithItsFigures()
    {
        var report = await BenchRun.OfAsync(new RedisScenario(), ("customers", 30), ("events", 90), ("runs", 1), ("pipeline", 8));

        Assert.InRange(report.Median("redis_events_per_second")!.Value, 1, 1e9);
        Assert.InRange(report.Median("redis_microbatch_events_per_second")!.Value, 1, 1e9);
        Assert.InRange(report.Median("ratio_to_redis")!.Value, double.Epsilon, 1e6);
    }

    [CommandsFact("redis-server")]
    public async Task RespConnection_BinaryValues_ComeBackAsTheyWere()
    {
        using var folder = new BenchFolder();
        using var server = await RedisServer.StartAsync(folder, TimeProvider.System, CancellationToken.None);
        using var redis = new RespConnection(server.EndPoint);
        var large = Enumerable.Range(0, 600_000).Select(static i => (byte)i).ToArray();

        redis.Begin("MSET"u8, 5);
        redis.Part("käse");
        redis.Part("\r\n$3\r\n"u8);
        redis.Part("large");
        redis.Part(large);
        redis.Send();
        redis.ReadOk();
        redis.Begin("MGET"u8, 4);
        redis.Part("käse");
        redis.Part("absent");
        redis.Part("large");
        redis.Send();

        Assert.Equal(3, redis.ReadArray());
        Assert.True(redis.TryReadBulk(out var first));
        Assert.Equal("\r\n$3\r\n"u8.ToArray(), first.ToArray());
        Assert.False(redis.TryReadBulk(out _));
        Assert.True(redis.TryReadBulk(out var last));
        Assert.Equal(large, last.ToArray());
        redis.Begin("NOSUCH"u8, 1);
        redis.Send();
        Assert.Throws<CliException>(redis.ReadOk);
    }

    [Fact]
    public async Task Transformer_SmallRun_EndsWithItsFigures()
    {
        var report = await BenchRun.OfAsync(new TransformerScenario(), ("runs", 1), ("seconds", 0.1));

        Assert.InRange(report.Median("ratio_to_transformer")!.Value, double.Epsilon, 1e6);
        Assert.Equal(3, report.Tables.Single().Rows.Count);
    }

    [Fact]
    public void Transformer_Graph_ReadsEveryEventOfTheSession()
    {
        var (model, parameters) = SessionTransformer.Make();
        using var graph = new PlainGraph(model);
        using var call = graph.Bind(
            SessionTransformer.Input, [2, SessionTransformer.Tokens, ModelContract.TokenFeatures],
            SessionTransformer.Output, [2, SessionTransformer.Heads]);
        call.Input.AsSpan().Fill(0.5f);

        // The two sessions differ in their oldest event only.
        call.Input[0] = 1f;
        call.Run();

        Assert.InRange(parameters, 90_000, 130_000);
        Assert.InRange(model.Length, 4 * parameters, 1_000_000);
        Assert.All(call.Output, value => Assert.True(float.IsFinite(value)));
        Assert.NotEqual(call.Output[..SessionTransformer.Heads], call.Output[SessionTransformer.Heads..]);
    }
}
