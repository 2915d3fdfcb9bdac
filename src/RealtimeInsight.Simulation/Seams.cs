using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Simulation;

/// <summary>Where a test plants a defect, to see that it is found.</summary>
internal sealed record Seams
{
    public Func<IEngineStore, IEngineStore> Store { get; init; } = static store => store;

    public Func<IActionChannel, IActionChannel> Channel { get; init; } = static channel => channel;
}
