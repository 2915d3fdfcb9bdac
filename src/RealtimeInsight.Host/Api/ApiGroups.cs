using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace RealtimeInsight.Host.Api;

/// <summary>Routes that share a key, a tag and the answers of their filter.</summary>
internal static class ApiGroups
{
    /// <summary>Routes that need a read key.</summary>
    public static RouteGroupBuilder ReadGroup(this IEndpointRouteBuilder routes, string prefix, string tag) =>
        Group<ReadFilter>(routes, prefix, tag);

    /// <summary>Routes that need an admin key.</summary>
    public static RouteGroupBuilder AdminGroup(this IEndpointRouteBuilder routes, string prefix, string tag) =>
        Group<AdminFilter>(routes, prefix, tag);

    private static RouteGroupBuilder Group<TFilter>(IEndpointRouteBuilder routes, string prefix, string tag)
        where TFilter : IEndpointFilter =>
        routes.MapGroup(prefix).AddEndpointFilter<TFilter>().WithTags(tag)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
}
