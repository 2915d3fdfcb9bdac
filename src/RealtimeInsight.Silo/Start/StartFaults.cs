using System.Net.Sockets;
using Orleans.Runtime;
using RealtimeInsight.Orleans.Contracts;

namespace RealtimeInsight.Silo;

/// <summary>Why a silo could not start, in words that say what to do.</summary>
internal static class StartFaults
{
    /// <summary>The whole exception where nothing better can be told.</summary>
    public static string Explain(Exception fault, ClusterNodeOptions cluster)
    {
        foreach (var one in Chain(fault))
        {
            if (KubernetesSilo.Explain(one) is { } noPod) return noPod;
            switch (one)
            {
                case SocketException { SocketErrorCode: SocketError.AddressNotAvailable }:
                    return $"Cluster:Address is '{cluster.Address}', which is no address of this machine; give one that is";
                case OrleansConfigurationException wrong:
                    return $"the silo cannot be built from its settings: {wrong.Message}";
                case ContractVersionException refused:
                    return refused.Message;
                case InvalidOperationException { Source: { } source } missing
                    when source.StartsWith("RealtimeInsight.", StringComparison.Ordinal):
                    return missing.Message;
            }
        }

        return $"the silo could not start: {fault}";
    }

    private static IEnumerable<Exception> Chain(Exception fault)
    {
        for (Exception? one = fault; one is not null; one = one.InnerException)
        {
            yield return one;
            if (one is not AggregateException several) continue;
            foreach (var inner in several.InnerExceptions.SelectMany(Chain)) yield return inner;
        }
    }
}
