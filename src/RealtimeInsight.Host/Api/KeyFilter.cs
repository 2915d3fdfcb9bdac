using Microsoft.AspNetCore.Http;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Host.Api;

/// <summary>
/// Before a request: its key. After it: an engine that cannot answer becomes 503 with the time to wait, and damaged data 500.
/// </summary>
/// <param name="title">Of the answer to a request without a key.</param>
/// <param name="realm">What the key is called.</param>
/// <param name="setting">Where the keys are configured.</param>
internal abstract class KeyFilter(string title, string realm, string setting) : IEndpointFilter
{
    private const string RetryAfterSeconds = "2";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        if (!Allows(http))
        {
            http.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{realm}\"";
            return Results.Problem(
                statusCode: StatusCodes.Status401Unauthorized,
                title: title,
                detail: $"Send a key of {setting} as Bearer token, or as the user of Basic authentication.");
        }

        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (Exception unavailable) when (unavailable is EngineUnavailableException or StoreUnavailableException)
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Results.Problem(
                statusCode: StatusCodes.Status503ServiceUnavailable, title: "The engine cannot answer now", detail: unavailable.Message);
        }
        catch (StoreCorruptException damage)
        {
            return Results.Problem(
                statusCode: StatusCodes.Status500InternalServerError, title: "What is stored is damaged", detail: damage.Message);
        }
    }

    protected abstract bool Allows(HttpContext context);
}
