using Microsoft.AspNetCore.Http;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Host.Api;

/// <summary>Before a change: the admin key. After it: an engine that cannot answer becomes 503.</summary>
internal sealed class AdminFilter(AdminAccess access) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        if (!access.Allows(http))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"admin key\"";
            return Results.Problem(
                statusCode: StatusCodes.Status401Unauthorized,
                title: "An admin key is needed",
                detail: "Send a key of Api:AdminKeys as Bearer token, or as the user of Basic authentication.");
        }

        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (Exception unavailable) when (unavailable is EngineUnavailableException or StoreUnavailableException)
        {
            return Results.Problem(
                statusCode: StatusCodes.Status503ServiceUnavailable, title: "The engine cannot answer now", detail: unavailable.Message);
        }
    }
}
