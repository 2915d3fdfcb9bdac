using Microsoft.AspNetCore.Http;

namespace RealtimeInsight.Host.Api;

/// <summary>Lets requests through that may change how the engine works.</summary>
internal sealed class AdminFilter(AdminAccess access) : KeyFilter("An admin key is needed", "admin key", "Api:AdminKeys")
{
    protected override bool Allows(HttpContext context) => access.Allows(context);
}
