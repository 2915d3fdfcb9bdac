namespace RealtimeInsight.Host.Api;

/// <summary>Keys and limits of the reading interface; configuration section <c>Api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>Keys that readers may use, 8 to 128 characters each. None by default: then only a demo on this machine can read.</summary>
    public IList<string> ReadKeys { get; init; } = [];

    /// <summary>
    /// Keys that may change which models serve, 8 to 128 characters each. None by default: then only a demo on this machine can.
    /// </summary>
    public IList<string> AdminKeys { get; init; } = [];

    /// <summary>Live streams open at once, 1 to 10,000; one more is answered 429. The default is 64.</summary>
    public int LiveStreamsMax { get; set; } = 64;

    /// <summary>
    /// Notices that wait for a slow reader of the live stream before the oldest is dropped, 16 to 65,536. The default is 512.
    /// </summary>
    public int LiveBacklogMax { get; set; } = 512;

    /// <summary>Time between two status events of a live stream, 100 ms to 1 min. The default is 1 s.</summary>
    public TimeSpan LiveStatusInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What is wrong with the values; empty when all are in range.</summary>
    public static IReadOnlyList<string> Validate(ApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        Rules.Keys(problems, "Api:ReadKeys", options.ReadKeys);
        Rules.Keys(problems, "Api:AdminKeys", options.AdminKeys);
        Rules.Range(problems, "Api:LiveStreamsMax", options.LiveStreamsMax, 1, 10_000);
        Rules.Range(problems, "Api:LiveBacklogMax", options.LiveBacklogMax, 16, 65_536);
        Rules.Range(
            problems, "Api:LiveStatusInterval", options.LiveStatusInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        return problems;
    }
}
