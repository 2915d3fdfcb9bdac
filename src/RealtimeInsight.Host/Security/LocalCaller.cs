using System.Net;
using Microsoft.AspNetCore.Http;

namespace RealtimeInsight.Host;

/// <summary>
/// Tells a caller on this machine from one that only looks so: a proxy's forwarded request, a page of another site in a local browser,
/// and a name that was pointed at the loopback address are not local.
/// </summary>
internal static class LocalCaller
{
    public static bool Is(HttpContext context)
    {
        var request = context.Request;
        return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !request.Headers.ContainsKey("X-Forwarded-For")
            && !request.Headers.ContainsKey("Forwarded")
            && IsLoopbackName(request.Host.Host)
            && IsLocalOrigin(request.Headers.Origin.ToString());
    }

    private static bool IsLocalOrigin(string origin) =>
        origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLoopbackName(uri.Host));

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
