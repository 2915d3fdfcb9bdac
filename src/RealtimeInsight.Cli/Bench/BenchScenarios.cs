using RealtimeInsight.Cli.Bench.Http;
using RealtimeInsight.Cli.Bench.Redis;
using RealtimeInsight.Cli.Bench.Transformer;

namespace RealtimeInsight.Cli.Bench;

/// <summary>Every scenario, in the order of the help.</summary>
internal static class BenchScenarios
{
    public static IReadOnlyList<IBenchScenario> All { get; } =
    [
        new OnnxScenario(), new EngineScenario(), new DurableScenario(), new MemoryScenario(), new HttpScenario(),
        new LatencyScenario(), new ReadScenario(), new RedisScenario(), new TransformerScenario(), new TimersScenario(),
        new RecoveryScenario(),
    ];
}
