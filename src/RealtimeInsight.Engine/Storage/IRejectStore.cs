using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Storage;

/// <summary>The kept rejects.</summary>
public interface IRejectStore
{
    /// <summary>Kept rejects that pass the filter, newest first, with an id below <paramref name="before"/>.</summary>
    IReadOnlyList<KeptReject> ReadRejects(RejectFilter filter, long before, int limit);

    /// <summary>One kept reject; null when there is none.</summary>
    KeptReject? FindReject(long id);
}
