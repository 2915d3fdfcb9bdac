using Orleans.Runtime.MembershipService.SiloMetadata;

namespace RealtimeInsight.Orleans.Inference;

/// <summary>Whether the cluster has silos with a device, looked up at most a few times a second. Thread-safe.</summary>
internal sealed class DeviceSilos(ISiloStatusOracle silos, ISiloMetadataCache labels, bool isLocal, TimeProvider time)
{
    private static readonly TimeSpan s_lookWait = TimeSpan.FromMilliseconds(250);

    private long _lookedAt = time.GetTimestamp() - (s_lookWait.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond) - 1;
    private volatile bool _hasOther;

    /// <summary>True when this silo has one itself.</summary>
    public bool IsLocal => isLocal;

    /// <summary>True while another active silo has one.</summary>
    public bool HasOther
    {
        get
        {
            var before = Volatile.Read(ref _lookedAt);
            if (time.GetElapsedTime(before) >= s_lookWait
                && Interlocked.CompareExchange(ref _lookedAt, time.GetTimestamp(), before) == before)
            {
                _hasOther = silos.GetActiveSilos().Any(silo => !silo.Equals(silos.SiloAddress)
                    && DevicePlacementDirector.HasDevice(labels, silo));
            }

            return _hasOther;
        }
    }
}
