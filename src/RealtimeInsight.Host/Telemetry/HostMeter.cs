namespace RealtimeInsight.Host;

/// <summary>The meters whose instruments <c>/metrics</c> shows.</summary>
public static class HostMeter
{
    public const string Name = "RealtimeInsight.Host";

    /// <summary>Ours, those of a cluster, the runtime's and the server's.</summary>
    public static IReadOnlyList<string> Exported { get; } =
    [
        Name, "RealtimeInsight.Engine", "RealtimeInsight.Inference", "RealtimeInsight.Storage", "RealtimeInsight.EventHubs",
        "RealtimeInsight.Orleans", "Microsoft.Orleans", "System.Runtime", "Microsoft.AspNetCore.Hosting",
    ];
}
