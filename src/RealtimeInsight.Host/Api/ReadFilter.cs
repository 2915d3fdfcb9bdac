using Microsoft.AspNetCore.Http;

namespace RealtimeInsight.Host.Api;

/// <summary>Lets requests through that may read customers.</summary>
internal sealed class ReadFilter(ReadAccess access) : KeyFilter("A read key is needed", "read key", "Api:ReadKeys")
{
    protected override bool Allows(HttpContext context) => access.Allows(context);
}
