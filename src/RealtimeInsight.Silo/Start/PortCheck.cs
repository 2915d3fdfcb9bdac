using System.Net;
using System.Net.Sockets;
using RealtimeInsight.Host;

namespace RealtimeInsight.Silo;

/// <summary>
/// Finds a port that another process listens on: Orleans would share it, and each of the two get a part of the other's messages. And a
/// first silo that is not there: Orleans would wait for it for minutes.
/// </summary>
internal static class PortCheck
{
    /// <exception cref="SetupException">A port is taken.</exception>
    public static void Require(ClusterNodeOptions cluster)
    {
        var address = cluster.Membership == Membership.Localhost ? IPAddress.Loopback : IPAddress.Any;
        Require(address, "Cluster:SiloPort", cluster.SiloPort);
        if (cluster.GatewayPort > 0) Require(address, "Cluster:GatewayPort", cluster.GatewayPort);
        if (cluster is { Membership: Membership.Localhost, FirstSiloPort: > 0 } && cluster.FirstSiloPort != cluster.SiloPort)
        {
            RequireListener(cluster.FirstSiloPort);
        }
    }

    private static void RequireListener(int port)
    {
        using var probe = new TcpClient(AddressFamily.InterNetwork);
        try
        {
            probe.Connect(IPAddress.Loopback, port);
        }
        catch (SocketException fault)
        {
            throw new SetupException(
                $"Cluster:FirstSiloPort is {port}, and no silo answers there ({fault.Message}); start the first silo before the others",
                fault);
        }
    }

    private static void Require(IPAddress address, string name, int port)
    {
        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
        try
        {
            probe.Bind(new IPEndPoint(address, port));
            probe.Listen(1);
        }
        catch (SocketException fault)
        {
            throw new SetupException(
                $"{name} is {port}, which cannot be listened on ({fault.Message}); stop the process that has it, or choose another port",
                fault);
        }
    }
}
