using System.Globalization;
using System.Text.Json.Nodes;

namespace RealtimeInsight.EventHubs;

/// <summary>A poison event as it is kept: a JSON document with its place, its reason and what was sent.</summary>
internal static class PoisonDocument
{
    /// <summary>The same for the same event of the partition.</summary>
    public static string NameOf(string partition, PoisonEvent one) => string.Create(
        CultureInfo.InvariantCulture, $"{partition.Replace('/', '-')}/{one.Offset / PlacedEvent.PerHubEventMax:d20}-{Index(one)}.json");

    public static JsonObject Of(PoisonEvent one) => new()
    {
        ["sequence_number"] = one.Offset / PlacedEvent.PerHubEventMax,
        ["index"] = Index(one),
        ["received_at"] = one.Item.ReceivedAt.ToString(),
        ["code"] = one.Item.Code,
        ["message"] = one.Item.Message,
        ["payload"] = one.Item.Payload,
        ["is_cut"] = one.Item.IsCut,
    };

    private static long Index(PoisonEvent one) => one.Offset % PlacedEvent.PerHubEventMax;
}
