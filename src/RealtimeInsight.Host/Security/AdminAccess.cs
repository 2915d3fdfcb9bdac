using Microsoft.AspNetCore.Http;
using RealtimeInsight.Host.Api;

namespace RealtimeInsight.Host;

/// <summary>
/// Who may change how the engine works: holders of a configured admin key; in demo mode anybody on this machine. Never a page of another
/// site, whatever the browser sends along.
/// </summary>
internal sealed class AdminAccess(ApiOptions options, bool isDemo)
{
    private readonly KeyRing _keys = new(options.AdminKeys);

    public bool Allows(HttpContext context) =>
        context.Request.Headers["Sec-Fetch-Site"] != "cross-site"
        && (_keys.Contains(Credentials.KeyOf(context.Request)) || (isDemo && LocalCaller.Is(context)));
}
