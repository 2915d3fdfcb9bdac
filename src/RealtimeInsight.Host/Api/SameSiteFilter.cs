using Microsoft.AspNetCore.Http;

namespace RealtimeInsight.Host.Api;

/// <summary>Before a change: a page of another site must not make it through the browser of somebody who may.</summary>
internal sealed class SameSiteFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)))
        {
            return Results.Problem(
                statusCode: StatusCodes.Status403Forbidden, title: "Not from another site",
                detail: "The request comes from a page of another site; call from the console, a script or a server.");
        }

        return await next(context).ConfigureAwait(false);
    }
}
