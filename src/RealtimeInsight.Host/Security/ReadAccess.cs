using Microsoft.AspNetCore.Http;
using RealtimeInsight.Host.Api;

namespace RealtimeInsight.Host;

/// <summary>Who may read customers: holders of a configured read or admin key; in demo mode anybody on this machine.</summary>
internal sealed class ReadAccess(ApiOptions options, bool isDemo)
{
    private readonly KeyRing _keys = new([.. options.ReadKeys, .. options.AdminKeys]);

    public bool Allows(HttpContext context) =>
        _keys.Contains(Credentials.KeyOf(context.Request)) || (isDemo && LocalCaller.Is(context));
}
