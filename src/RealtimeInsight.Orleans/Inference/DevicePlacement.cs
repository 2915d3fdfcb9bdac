using Orleans.Placement;
using Orleans.Runtime.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace RealtimeInsight.Orleans.Inference;

/// <summary>Places a grain on silos with a device where there are any, and anywhere where there are none.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class DevicePlacementAttribute() : PlacementFilterAttribute(new DevicePlacementStrategy(0));

/// <summary>Carries nothing but its place among the filters of a grain.</summary>
internal sealed class DevicePlacementStrategy(int order) : PlacementFilterStrategy(order)
{
    public DevicePlacementStrategy()
        : this(0)
    {
    }
}

/// <summary>Reads the labels that every silo tells of itself.</summary>
internal sealed class DevicePlacementDirector(ISiloMetadataCache labels) : IPlacementFilterDirector
{
    /// <summary>Label of a silo with a device.</summary>
    public const string Label = "device";

    public const string Gpu = "gpu";

    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var all = silos.ToList();
        var withDevice = all.Where(silo => HasDevice(labels, silo)).ToList();
        return withDevice.Count > 0 ? withDevice : all;
    }

    public static bool HasDevice(ISiloMetadataCache labels, SiloAddress silo) =>
        labels.GetSiloMetadata(silo).Metadata.TryGetValue(Label, out var device) && device == Gpu;
}
