using System.Net;
using System.Net.Sockets;

namespace RealtimeInsight.Host.Channels;

/// <summary>The connection would reach an address that a webhook must not reach, such as one of the own network.</summary>
internal sealed class WebhookBlockedException(string message) : Exception(message);

/// <summary>
/// Keeps webhooks out of the own network. The check is made on the addresses that the connection is then made to, so that a name that
/// changes its address between check and connection gains nothing.
/// </summary>
internal static class WebhookTargets
{
    private static readonly IPNetwork[] NotPublic =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("240.0.0.0/4"),
    ];

    /// <summary>
    /// Of IPv6 only global unicast is public, without documentation, benchmarking, Teredo and 6to4, which embed other addresses.
    /// </summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublicSix =
    [
        IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("3fff::/20"),
    ];

    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork) return !NotPublic.Any(network => network.Contains(address));
        return GlobalUnicast.Contains(address) && !NotPublicSix.Any(network => network.Contains(address));
    }

    public static bool IsAllowListed(ChannelOptions options, string host, int port)
    {
        host = host.Trim('[', ']');
        return options.AllowHosts.Any(allowed =>
            allowed.Trim('[', ']').Equals(host, StringComparison.OrdinalIgnoreCase)
            || allowed.Equals($"{host}:{port}", StringComparison.OrdinalIgnoreCase)
            || allowed.Equals($"[{host}]:{port}", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Connects to the first reachable address that is allowed.</summary>
    /// <exception cref="WebhookBlockedException">The name has no address that is allowed.</exception>
    public static async ValueTask<Stream> ConnectAsync(ChannelOptions options, DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellationToken).ConfigureAwait(false);
        if (!IsAllowListed(options, target.Host, target.Port)) addresses = [.. addresses.Where(IsPublic)];
        if (addresses.Length == 0)
        {
            throw new WebhookBlockedException(
                "the receiver's host has no public address; actions leave the own network only to hosts of the channel's AllowHosts");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
