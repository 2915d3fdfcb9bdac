using RealtimeInsight.Orleans.Contracts.Inference;

namespace RealtimeInsight.Orleans.Contracts;

/// <summary>Asks the silos whether they read this assembly's messages, before the first one matters.</summary>
public static class ContractCheck
{
    private const int TimeoutMs = 1_000;

    /// <summary>Returns when a silo has answered; a caller does it once, at its start.</summary>
    /// <exception cref="ContractVersionException">The silos are of another version; the message says which side to upgrade.</exception>
    public static Task RequireAsync(IGrainFactory grains)
    {
        ArgumentNullException.ThrowIfNull(grains);
        return RequireAsync(grains, ContractVersion.Current);
    }

    /// <summary>The same for a caller that was built with another version of this assembly.</summary>
    internal static Task RequireAsync(IGrainFactory grains, int version) =>
        // A request without rows costs nothing, and its version is checked as that of any other.
        grains.GetGrain<IInferenceGrain>(0).ScoreAsync(new ScoreRowsRequest(version, [], TimeoutMs));
}
