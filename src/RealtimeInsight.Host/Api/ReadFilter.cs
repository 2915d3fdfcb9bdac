using Microsoft.AspNetCore.Http;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Host.Api;

/// <summary>Before a read: the key. After it: an engine that cannot answer becomes 503 with the time to wait.</summary>
internal sealed class ReadFilter(ReadAccess access) : IEndpointFilter
{
    private const string Title = "The engine cannot answer now";
    private const string RetryAfterSeconds = "2";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        if (!access.Allows(http))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"read key\"";
            return Results.Problem(
                statusCode: StatusCodes.Status401Unauthorized,
                title: "A read key is needed",
                detail: "Send a key of Api:ReadKeys as Bearer token, or as the user of Basic authentication.");
        }

        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (EngineUnavailableException unavailable)
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Results.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: Title, detail: unavailable.Message);
        }
        catch (StoreUnavailableException unavailable)
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Results.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: Title, detail: unavailable.Message);
        }
        catch (StoreCorruptException damage)
        {
            return Results.Problem(
                statusCode: StatusCodes.Status500InternalServerError, title: "What is stored is damaged", detail: damage.Message);
        }
    }
}
